import type { Decision } from "@/lib/annotate/decision-queue";
import type { Action } from "@/lib/annotate/keymap";

import { ActionButton } from "./action-button";

interface Props {
  decision: Decision | null;
  canUndo: boolean;
  perform: (action: Action) => void;
}

/** What can be said besides naming a class, and how to move on. */
export function VerdictButtons({ decision, canUndo, perform }: Props) {
  const verdict = decision?.verdict;
  return (
    <div className="grid grid-cols-2 gap-1.5">
      <ActionButton
        name="Other class"
        keyHint="/"
        onPress={() => {
          perform({ type: "search" });
        }}
      />
      <ActionButton
        name="Wrong, class unknown"
        keyHint="W"
        isChosen={verdict === "wrong_unknown"}
        onPress={() => {
          perform({ type: "unknown" });
        }}
      >
        Class unknown
      </ActionButton>
      <ActionButton
        name="Unsure"
        keyHint="U"
        isChosen={verdict === "unsure"}
        onPress={() => {
          perform({ type: "unsure" });
        }}
      />
      <ActionButton
        name="Unusable"
        keyHint="X"
        isChosen={verdict === "unusable"}
        onPress={() => {
          perform({ type: "unusable" });
        }}
      />
      <ActionButton
        name="Skip"
        keyHint="Space"
        onPress={() => {
          perform({ type: "skip" });
        }}
      />
      <ActionButton
        name="Undo"
        keyHint="⌫"
        disabled={!canUndo}
        onPress={() => {
          perform({ type: "undo" });
        }}
      />
    </div>
  );
}
