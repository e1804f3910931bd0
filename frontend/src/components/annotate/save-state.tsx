import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { QueueState } from "@/lib/annotate/decision-queue";
import { useOnline } from "@/lib/annotate/use-online";
import { formatPlural } from "@/lib/format";

interface Props {
  state: QueueState;
  onRetry: () => void;
  onDismiss: () => void;
}

function describeState({ status, unsaved, problem }: QueueState, isOnline: boolean): string {
  switch (status) {
    case "idle":
      return "Decisions are saved automatically";
    case "saving":
      return "Saving …";
    case "saved":
      return "All saved";
    case "retrying":
      return isOnline
        ? `${unsaved} not saved yet, retrying: ${problem?.title ?? "no response"}`
        : `Offline: ${formatPlural(unsaved, "decision")} kept in this browser`;
  }
}

const DOTS = { idle: "bg-line-strong", saving: "bg-warn", saved: "bg-good", retrying: "bg-bad" };

/** Save state of the decisions, always visible and announced to screen readers. */
export function SaveState({ state, onRetry, onDismiss }: Props) {
  const { status, refused, problem } = state;
  const isOnline = useOnline();
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <span aria-hidden="true" className={cx("size-2 shrink-0 rounded-full", DOTS[status])} />
      <span role="status" className={cx(status === "retrying" ? "text-bad" : "text-muted")}>
        {describeState(state, isOnline)}
      </span>
      {status === "retrying" && (
        <Button look="danger" className="-my-1 pointer-coarse:min-h-11" onClick={onRetry}>
          Retry now
        </Button>
      )}
      {refused.length > 0 && (
        <span role="alert" className="flex items-center gap-2 text-bad">
          {formatPlural(refused.length, "decision")} refused: {problem?.detail}
          <Button look="danger" className="-my-1 pointer-coarse:min-h-11" onClick={onDismiss}>
            Dismiss
          </Button>
        </span>
      )}
    </div>
  );
}
