import { useId } from "react";

import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ProgressBar } from "@/components/ui/progress-bar";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Dataset, Ingest } from "@/lib/client/types";
import { formatPlural } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";
import { isFinished } from "@/lib/work";

import { useAddedArchive } from "../api/use-added-archive";

function IngestOfVerifiedImages({ ingest }: { ingest: Ingest }) {
  if (ingest.error != null) {
    return <ProblemPanel error={new ApiProblem({ status: 0, errors: [], ...ingest.error })} />;
  }
  if (isFinished(ingest.status)) return null;
  return <WorkProgress work={ingest} label="Ingest of verified images" unit="files" />;
}

/** Images with clean labels beside the dataset: how many there are, and a button to add more. */
export function VerifiedImages({ dataset }: { dataset: Dataset }) {
  const id = useId();
  const { ingest, isRunning, progress, upload } = useAddedArchive(dataset.id, "verifiedImages");
  const isBusy = upload.isPending || isRunning;

  return (
    <Panel title="Verified images">
      <div className="space-y-3">
        <p className="text-muted">
          {dataset.num_separate === 0
            ? "Do you have images whose labels are certainly right, beside the dataset? "
            : `${formatPlural(dataset.num_separate, "verified image")} beside the dataset. `}
          Jobs learn from them and measure on them. They are never ranked, reviewed or exported.
        </p>
        {dataset.num_unlabelled > 0 && (
          <p className="text-muted">
            {formatPlural(dataset.num_unlabelled, "image")} of the dataset came without a label.
            Jobs leave out those that are not verified: upload their labels as verified labels.
          </p>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <label
            htmlFor={id}
            className={buttonClass(
              "plain",
              "cursor-pointer focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent",
            )}
          >
            {isBusy ? "Adding …" : "Upload verified images"}
            <input
              id={id}
              type="file"
              className="sr-only"
              disabled={isBusy}
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file !== undefined) upload.mutate(file);
                // Reset, so that the same file can be chosen again after a correction.
                event.target.value = "";
              }}
            />
          </label>
          <span className="text-sm text-muted">
            .zip, .tar or .tar.gz, labelled like a dataset: a folder per class or a table
          </span>
        </div>
        {progress !== null && (
          <ProgressBar
            label="Upload progress"
            share={progress.sent / Math.max(1, progress.total)}
          />
        )}
        {upload.error !== null && <ProblemPanel error={upload.error} />}
        {ingest !== null && <IngestOfVerifiedImages ingest={ingest} />}
      </div>
    </Panel>
  );
}
