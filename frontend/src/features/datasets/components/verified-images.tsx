import { FileButton } from "@/components/ui/file-button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
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
  const { ingest, isRunning, upload } = useAddedArchive(dataset.id, "verified_images");
  const isBusy = upload.isBusy || isRunning;

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
          <FileButton
            label={isBusy ? "Adding …" : "Upload verified images"}
            disabled={isBusy}
            onChosen={upload.start}
          />
          <span className="text-sm text-muted">
            .zip, .tar or .tar.gz, labelled like a dataset: a folder per class or a table
          </span>
        </div>
        {upload.problem !== null && <ProblemPanel error={new ApiProblem(upload.problem)} />}
        {ingest !== null && <IngestOfVerifiedImages ingest={ingest} />}
      </div>
    </Panel>
  );
}
