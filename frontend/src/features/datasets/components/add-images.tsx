import { Button } from "@/components/ui/button";
import { FileButton } from "@/components/ui/file-button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Changes, Dataset, Ingest } from "@/lib/client/types";
import { formatCount, formatPlural, formatTime } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";
import { isFinished } from "@/lib/work";

import { useAddedArchive } from "../api/use-added-archive";
import { useCheckedAddition } from "../api/use-checked-addition";

const COUNTS = [
  { key: "new", label: "new" },
  { key: "changed", label: "there already, but different" },
  { key: "same", label: "there already" },
  { key: "conflicting", label: "conflicting, left out" },
] as const;

function Counts({ changes }: { changes: Changes }) {
  return (
    <>
      <ul aria-label="What the archive holds" className="list-inside list-disc">
        {COUNTS.map(({ key, label }) => (
          <li key={key}>
            {formatCount(changes[key])} {label}
            {(changes.examples[key]?.length ?? 0) > 0 && (
              <span className="text-muted"> · {changes.examples[key]?.join(", ")}</span>
            )}
          </li>
        ))}
      </ul>
      {changes.new_classes.length > 0 && (
        <p>
          {formatPlural(changes.new_classes.length, "new class", "new classes")}:{" "}
          {changes.new_classes.join(", ")}
        </p>
      )}
    </>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="text-sm text-muted">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function CheckedAddition({ ingest, changes }: { ingest: Ingest; changes: Changes }) {
  const add = useCheckedAddition(ingest.dataset_id);
  return (
    <div className="space-y-3">
      <Counts changes={changes} />
      <Notes notes={ingest.notes} />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          look="primary"
          disabled={add.isPending || changes.new === 0}
          onClick={() => {
            add.mutate("skip");
          }}
        >
          Add {formatPlural(changes.new, "new image")}
        </Button>
        {changes.changed > 0 && (
          <Button
            disabled={add.isPending}
            onClick={() => {
              add.mutate("update");
            }}
          >
            Add, and update {formatPlural(changes.changed, "image")}
          </Button>
        )}
      </div>
      {add.error !== null && <ProblemPanel error={add.error} />}
    </div>
  );
}

function Addition({ ingest }: { ingest: Ingest }) {
  if (ingest.error != null) {
    return <ProblemPanel error={new ApiProblem({ status: 0, errors: [], ...ingest.error })} />;
  }
  if (!isFinished(ingest.status)) {
    const label = ingest.dry_run ? "Check of the archive" : "Addition of images";
    return <WorkProgress work={ingest} label={label} unit="files" />;
  }
  const changes = ingest.changes;
  if (changes == null) return null;
  if (ingest.dry_run) return <CheckedAddition ingest={ingest} changes={changes} />;
  const updated = ingest.on_existing === "update" ? changes.changed : 0;
  return (
    <p role="status">
      Added {formatPlural(changes.new, "image")}
      {updated > 0 && ` and updated ${formatCount(updated)}`} on{" "}
      {formatTime(ingest.finished_at ?? ingest.created_at)}. The next job ranks them, and describes
      only them anew.
    </p>
  );
}

/** More images for a dataset that is ready: a check that counts, then the addition. */
export function AddImages({ dataset }: { dataset: Dataset }) {
  const { ingest, isRunning, upload } = useAddedArchive(dataset.id, "addition");
  const isBusy = upload.isBusy || isRunning;

  return (
    <Panel title="More images">
      <div className="space-y-3">
        <p className="text-muted">
          Images that the dataset has already are found by their id, file name or content. Decisions
          and results stay as they are.
        </p>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <FileButton
            label={isBusy ? "Reading …" : "Choose an archive to add"}
            disabled={isBusy}
            onChosen={upload.start}
          />
          <span className="text-sm text-muted">
            Nothing is added before you have seen what is new
          </span>
        </div>
        {upload.problem !== null && <ProblemPanel error={new ApiProblem(upload.problem)} />}
        {ingest !== null && <Addition ingest={ingest} />}
      </div>
    </Panel>
  );
}
