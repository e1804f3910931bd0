import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import type { DecisionQueue, QueueState } from "@/lib/annotate/decision-queue";
import { useKeyPreset } from "@/lib/annotate/key-preset";
import { type Action, keyHint } from "@/lib/annotate/keymap";

import { ConflictsNotice } from "./conflicts-notice";
import { SaveState } from "./save-state";

interface Props {
  datasetId: string;
  heading: ReactNode;
  state: QueueState;
  queue: DecisionQueue;
  isFirst: boolean;
  perform: (action: Action) => void;
}

const TOUCH = "pointer-coarse:min-h-11 pointer-coarse:min-w-11";

/** Heading, save state, previous and next, and the list of shortcuts. */
export function FocusBar({ datasetId, heading, state, queue, isFirst, perform }: Props) {
  const [preset] = useKeyPreset();
  const title = (name: string, type: Action["type"]) => `${name} (${keyHint(preset, type)})`;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-2">
      {heading}
      <SaveState state={state} onRetry={queue.retryNow} onDismiss={queue.dismissRefused} />
      <ConflictsNotice
        datasetId={datasetId}
        onUseMine={(conflicts) => {
          for (const { sampleId, yours, jobId, theirs } of conflicts) {
            queue.decide(sampleId, yours, jobId, theirs.id);
          }
        }}
      />
      <div className="ml-auto flex items-center gap-1.5">
        <Button
          aria-label="Previous image"
          title={title("Previous image", "previous")}
          className={TOUCH}
          disabled={isFirst}
          onClick={() => {
            perform({ type: "previous" });
          }}
        >
          ←
        </Button>
        <Button
          aria-label="Next image"
          title={title("Next image", "next")}
          className={TOUCH}
          onClick={() => {
            perform({ type: "next" });
          }}
        >
          →
        </Button>
        <Button
          title={title("Keyboard shortcuts", "help")}
          className={TOUCH}
          onClick={() => {
            perform({ type: "help" });
          }}
        >
          Shortcuts
        </Button>
      </div>
    </div>
  );
}
