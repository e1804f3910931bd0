import { SaveState } from "@/components/annotate/save-state";
import { Button } from "@/components/ui/button";
import type { DecisionQueue, QueueState } from "@/lib/annotate/decision-queue";
import type { Action } from "@/lib/annotate/keymap";
import { formatCount } from "@/lib/format";

interface Props {
  index: number;
  total: number | null;
  state: QueueState;
  queue: DecisionQueue;
  perform: (action: Action) => void;
}

/** Where one is in the ranking, the state of saving, and the keys' sheet. */
export function ReviewBar({ index, total, state, queue, perform }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <SaveState state={state} onRetry={queue.retryNow} onDismiss={queue.dismissRefused} />
      <div className="ml-auto flex items-center gap-1.5">
        <span className="mr-1 text-sm text-muted">
          {total !== null &&
            total > 0 &&
            `${formatCount(Math.min(index + 1, total))} of ${formatCount(total)}`}
        </span>
        <Button
          aria-label="Previous image"
          disabled={index === 0}
          onClick={() => {
            perform({ type: "previous" });
          }}
        >
          ←
        </Button>
        <Button
          aria-label="Next image"
          onClick={() => {
            perform({ type: "next" });
          }}
        >
          →
        </Button>
        <Button
          onClick={() => {
            perform({ type: "help" });
          }}
        >
          Keys
        </Button>
      </div>
    </div>
  );
}
