import type { GridAction } from "../api/grid-keys";
import { KeyButton } from "./key-button";

interface Props {
  canUndo: boolean;
  perform: (action: GridAction) => void;
}

const BUTTONS: readonly (readonly [name: string, keyHint: string, action: GridAction])[] = [
  ["Use suggestion", "S", { type: "decide", decision: { type: "suggestion" } }],
  ["Keep given", "A", { type: "decide", decision: { type: "keep" } }],
  ["Other class", "/", { type: "search" }],
  ["Class unknown", "W", { type: "decide", decision: { type: "wrong_unknown" } }],
  ["Unsure", "U", { type: "decide", decision: { type: "unsure" } }],
  ["Unusable", "X", { type: "decide", decision: { type: "unusable" } }],
];

/** Decisions on the group with the focus. */
export function GroupActions({ canUndo, perform }: Props) {
  return (
    <section aria-label="Actions" className="flex shrink-0 flex-wrap items-center gap-1.5">
      {BUTTONS.map(([name, keyHint, action]) => (
        <KeyButton
          key={name}
          name={name}
          keyHint={keyHint}
          onPress={() => {
            perform(action);
          }}
        />
      ))}
      <KeyButton
        name="Undo"
        keyHint="⌫"
        disabled={!canUndo}
        onPress={() => {
          perform({ type: "undo" });
        }}
      />
    </section>
  );
}
