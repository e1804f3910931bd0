import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { type Conflict, conflictsOf, useConflicts } from "@/lib/annotate/conflicts";
import { describeVerdict } from "@/lib/annotate/decision";
import { thumbnailUrl } from "@/lib/annotate/images";
import { formatPlural, formatTime, reviewerName } from "@/lib/format";

interface Props {
  datasetId: string;
  /** Decides again, now that the other answer was seen. */
  onUseMine: (conflicts: readonly Conflict[]) => void;
}

interface ChoiceProps {
  conflicts: readonly Conflict[];
  all?: boolean;
  onKeep: (conflicts: readonly Conflict[]) => void;
  onUseMine: (conflicts: readonly Conflict[]) => void;
}

function Choice({ conflicts, all = false, onKeep, onUseMine }: ChoiceProps) {
  return (
    <span className="flex flex-wrap gap-2">
      <Button
        className="pointer-coarse:min-h-11"
        onClick={() => {
          onKeep(conflicts);
        }}
      >
        {all ? "Keep all of theirs" : "Keep theirs"}
      </Button>
      <Button
        className="pointer-coarse:min-h-11"
        onClick={() => {
          onUseMine(conflicts);
        }}
      >
        {all ? "Use all of mine" : "Use mine"}
      </Button>
    </span>
  );
}

function ConflictRow({
  conflict,
  ...choice
}: { conflict: Conflict } & Omit<ChoiceProps, "conflicts">) {
  const { sampleId, fileName, yours, theirs } = conflict;
  return (
    <li className="flex gap-3 py-3">
      <img
        src={thumbnailUrl(sampleId, 96)}
        alt=""
        className="size-20 shrink-0 rounded border border-line bg-stage object-contain"
      />
      <div className="min-w-0 space-y-1 text-sm">
        <p className="truncate font-mono text-xs text-muted">{fileName}</p>
        <p>
          <span className="text-muted">
            {reviewerName(theirs.reviewer)}, {formatTime(theirs.createdAt)}:
          </span>{" "}
          <strong>{describeVerdict(theirs)}</strong>
        </p>
        <p>
          <span className="text-muted">You:</span> <strong>{describeVerdict(yours)}</strong>
        </p>
        <Choice conflicts={[conflict]} {...choice} />
      </div>
    </li>
  );
}

/** Images on which somebody decided otherwise meanwhile, with both answers; nothing without any. */
export function ConflictsNotice({ datasetId, onUseMine }: Props) {
  const conflicts = useConflicts(datasetId);
  const [isOpen, setOpen] = useState(false);
  const settle = (settled: readonly Conflict[]) => {
    conflictsOf(datasetId).remove(settled);
    if (settled.length === conflicts.length) setOpen(false);
  };
  const choice = {
    onKeep: settle,
    onUseMine: (mine: readonly Conflict[]) => {
      onUseMine(mine);
      settle(mine);
    },
  };
  if (conflicts.length === 0) return null;
  return (
    <>
      <span role="alert" className="flex items-center gap-2 text-sm text-bad">
        {formatPlural(conflicts.length, "image")} decided otherwise meanwhile
        <Button
          look="danger"
          className="-my-1 pointer-coarse:min-h-11"
          onClick={() => {
            setOpen(true);
          }}
        >
          Compare answers
        </Button>
      </span>
      <Dialog
        title="Decided otherwise meanwhile"
        description="Somebody decided on these images after your page was loaded. Their answers are active; yours are not stored. Choose which one to keep."
        open={isOpen}
        onOpenChange={setOpen}
      >
        {conflicts.length > 1 && <Choice conflicts={conflicts} all {...choice} />}
        <ul aria-label="Conflicts" className="divide-y divide-line">
          {conflicts.map((conflict) => (
            <ConflictRow key={conflict.sampleId} conflict={conflict} {...choice} />
          ))}
        </ul>
      </Dialog>
    </>
  );
}
