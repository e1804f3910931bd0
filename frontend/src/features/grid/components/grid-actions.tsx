import { DIGITS } from "@/lib/annotate/keymap";
import { formatPlural } from "@/lib/format";

import type { GridAction } from "../api/grid-keys";
import { KeyButton } from "./key-button";

interface Props {
  classes: readonly string[];
  selected: number;
  canUndo: boolean;
  perform: (action: GridAction) => void;
}

const LABEL_DECISIONS = [
  { name: "Keep given", keyHint: "A", type: "keep" },
  { name: "Use suggestion", keyHint: "S", type: "suggestion" },
] as const;

const OTHER_DECISIONS = [
  { name: "Class unknown", keyHint: "W", type: "wrong_unknown" },
  { name: "Unsure", keyHint: "U", type: "unsure" },
  { name: "Unusable", keyHint: "X", type: "unusable" },
] as const;

/** Decisions on the selection and selection commands, with their shortcuts. */
export function GridActions({ classes, selected, canUndo, perform }: Props) {
  const buttons = (list: typeof LABEL_DECISIONS | typeof OTHER_DECISIONS) =>
    list.map(({ name, keyHint, type }) => (
      <KeyButton
        key={type}
        name={name}
        keyHint={keyHint}
        onPress={() => {
          perform({ type: "decide", decision: { type } });
        }}
      />
    ));
  return (
    <section aria-label="Actions" className="flex shrink-0 flex-wrap items-center gap-1.5">
      <span role="status" className="mr-1 w-40 shrink-0 text-sm text-muted tabular-nums">
        {selected === 0 ? "None selected" : `${formatPlural(selected, "image")} selected`}
      </span>
      {buttons(LABEL_DECISIONS)}
      {classes.slice(0, DIGITS.length).map((label, position) => (
        <KeyButton
          key={label}
          name={label}
          keyHint={DIGITS[position] ?? ""}
          onPress={() => {
            perform({ type: "class", position });
          }}
        />
      ))}
      <KeyButton
        name="Other class"
        keyHint="/"
        onPress={() => {
          perform({ type: "search" });
        }}
      />
      {buttons(OTHER_DECISIONS)}
      <KeyButton
        name="Tag"
        keyHint="T"
        onPress={() => {
          perform({ type: "tag" });
        }}
      />
      <KeyButton
        name="Similar images"
        keyHint="M"
        onPress={() => {
          perform({ type: "similar" });
        }}
      />
      <KeyButton
        name="New class"
        keyHint="N"
        onPress={() => {
          perform({ type: "split" });
        }}
      />
      <KeyButton
        name="Remove"
        keyHint="Del"
        onPress={() => {
          perform({ type: "remove" });
        }}
      />
      <KeyButton
        name="Undo"
        keyHint="⌫"
        disabled={!canUndo}
        onPress={() => {
          perform({ type: "undo" });
        }}
      />
      <KeyButton
        name="All"
        keyHint="Ctrl A"
        onPress={() => {
          perform({ type: "all" });
        }}
      />
      <KeyButton
        name="None"
        keyHint="Esc"
        disabled={selected === 0}
        onPress={() => {
          perform({ type: "none" });
        }}
      />
    </section>
  );
}
