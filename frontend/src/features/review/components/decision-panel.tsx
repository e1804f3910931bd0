import { ActionButton } from "@/components/annotate/action-button";
import { VerdictButtons } from "@/components/annotate/verdict-buttons";
import type { Decision } from "@/lib/annotate/decision-queue";
import type { Action } from "@/lib/annotate/keymap";
import type { Result } from "@/lib/client/types";

import { byLikelihood } from "../api/likelihood";
import { SoftLabelBars } from "./soft-label-bars";

interface Props {
  result: Result;
  classes: readonly string[];
  decision: Decision | null;
  canUndo: boolean;
  perform: (action: Action) => void;
}

/** The class that a decision names; `correct` names the given one. */
function classOf(decision: Decision | null, given: string): string | null {
  return decision?.verdict === "correct" ? given : (decision?.label ?? null);
}

/** What is claimed about the image, and everything that can be said about it. */
export function DecisionPanel({ result, classes, decision, canUndo, perform }: Props) {
  const { given_label: given, suggested_label: suggested, soft_label } = result;
  const chosen = classOf(decision, given);
  return (
    <section aria-label="Decision" className="flex flex-col gap-3">
      <dl className="grid grid-cols-2 gap-3">
        <div className="min-w-0">
          <dt className="text-xs text-muted">Given label</dt>
          <dd className="text-xl font-semibold break-words">{given}</dd>
        </div>
        <div className="min-w-0">
          <dt className="text-xs text-muted">Suggestion</dt>
          <dd className="text-xl font-semibold break-words text-accent">{suggested}</dd>
        </div>
      </dl>
      <div className="grid grid-cols-[5fr_6fr] gap-1.5">
        <ActionButton
          name="Keep given label"
          keyHint="A"
          isAccent
          isChosen={decision?.verdict === "correct"}
          onPress={() => {
            perform({ type: "keep" });
          }}
        >
          Keep given
        </ActionButton>
        <ActionButton
          name="Take suggestion"
          keyHint="S"
          isAccent
          isChosen={chosen === suggested}
          onPress={() => {
            perform({ type: "suggestion" });
          }}
        />
      </div>
      <SoftLabelBars
        likely={byLikelihood(classes, soft_label)}
        given={given}
        chosen={chosen}
        perform={perform}
      />
      <VerdictButtons decision={decision} canUndo={canUndo} perform={perform} />
    </section>
  );
}
