import type { Decision } from "@/lib/annotate/decision";
import { useKeyPreset } from "@/lib/annotate/key-preset";
import { type Action, keyHint } from "@/lib/annotate/keymap";

import { ActionButton } from "./action-button";

interface Props {
  decision: Decision | null;
  perform: (action: Action) => void;
}

const BUTTONS = [
  { type: "search", name: "Other class" },
  { type: "unknown", name: "Wrong, class unknown", short: "Class unknown" },
  { type: "unsure", name: "Unsure" },
  { type: "unusable", name: "Unusable" },
  { type: "skip", name: "Skip" },
  { type: "undo", name: "Undo" },
  { type: "propose", name: "Propose a class", isWide: true },
] as const;

function isChosen(type: Action["type"], decision: Decision | null): boolean | undefined {
  if (type === "unknown") return decision?.verdict === "wrong_unknown";
  if (type === "unsure" || type === "unusable") return decision?.verdict === type;
  return undefined;
}

/** Decisions that assign no listed class, plus skip and undo. */
export function VerdictButtons({ decision, perform }: Props) {
  const [preset] = useKeyPreset();
  return (
    <div className="grid grid-cols-2 gap-1.5">
      {BUTTONS.map((button) => (
        <ActionButton
          key={button.type}
          name={button.name}
          isWide={"isWide" in button}
          keyHint={keyHint(preset, button.type)}
          isChosen={isChosen(button.type, decision)}
          onPress={() => {
            perform({ type: button.type });
          }}
        >
          {"short" in button ? button.short : button.name}
        </ActionButton>
      ))}
    </div>
  );
}
