import type { Work, WorkStatus } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import { progressShare } from "@/lib/work";

import { Badge, type BadgeLook } from "./badge";
import { ProgressBar } from "./progress-bar";

const STATUS_LOOKS: Record<WorkStatus, BadgeLook> = {
  queued: "neutral",
  running: "accent",
  succeeded: "good",
  failed: "bad",
  cancelled: "warn",
};

export function StatusBadge({ status }: { status: WorkStatus }) {
  return (
    <Badge look={STATUS_LOOKS[status]}>
      <span className="capitalize">{status}</span>
    </Badge>
  );
}

/** Progress of a task that runs on a worker. */
export function WorkProgress({ work, label, unit }: { work: Work; label: string; unit: string }) {
  const note = work.status === "queued" ? "Waiting for a worker" : work.progress_note;
  const total = work.progress_total === null ? "" : ` of ${formatCount(work.progress_total)}`;
  return (
    <div>
      <ProgressBar label={label} share={work.status === "queued" ? null : progressShare(work)} />
      <p className="mt-1.5 flex justify-between gap-4 text-sm text-muted" aria-live="polite">
        <span>{note}</span>
        {work.status === "running" && (
          <span>
            {formatCount(work.progress_done)}
            {total} {unit}
          </span>
        )}
      </p>
    </div>
  );
}
