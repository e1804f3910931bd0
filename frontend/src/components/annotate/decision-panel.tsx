import type { Decision } from "@/lib/annotate/decision";
import type { Item } from "@/lib/annotate/item";
import { useKeyPreset } from "@/lib/annotate/key-preset";
import { type Action, keyHint } from "@/lib/annotate/keymap";

import type { DatasetClass } from "@/lib/client/types";

import { ActionButton } from "./action-button";
import { ChoiceList } from "./choice-list";
import { VerdictButtons } from "./verdict-buttons";

interface Props {
  item: Item;
  /** What is set for each class, by name. */
  settingsOf: ReadonlyMap<string, DatasetClass>;
  decision: Decision | null;
  perform: (action: Action) => void;
}

/** The class that a decision assigns: for `correct`, the given label. */
function classOf(decision: Decision | null, given: string): string | null {
  return decision?.verdict === "correct" ? given : (decision?.label ?? null);
}

function LabelTerm({ name, label, isAccent }: { name: string; label: string; isAccent?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd
        title={label}
        className={`line-clamp-2 text-xl leading-tight font-semibold break-words ${isAccent === true ? "text-accent" : ""}`}
      >
        {label}
      </dd>
    </div>
  );
}

/** Given label, suggestion, and a button for every possible decision. */
export function DecisionPanel({ item, settingsOf, decision, perform }: Props) {
  const [preset] = useKeyPreset();
  const { given, suggested } = item;
  const chosen = classOf(decision, given);
  return (
    <section
      aria-label="Decision"
      className="flex flex-col gap-2.5 sm:max-lg:grid sm:max-lg:grid-cols-2 sm:max-lg:grid-rows-[auto_1fr] sm:max-lg:items-start"
    >
      <div className="flex flex-col gap-2.5">
        <dl className="grid grid-cols-2 gap-3">
          <LabelTerm name="Given label" label={given} />
          {suggested !== null && (
            <LabelTerm
              name={item.isChanged ? "Changed by the model to" : "Suggestion"}
              label={suggested}
              isAccent
            />
          )}
        </dl>
        <div className={suggested === null ? "grid" : "grid grid-cols-2 gap-1.5"}>
          <ActionButton
            name="Keep given label"
            keyHint={keyHint(preset, "keep")}
            isAccent
            isChosen={decision?.verdict === "correct"}
            onPress={() => {
              perform({ type: "keep" });
            }}
          >
            Keep given
          </ActionButton>
          {suggested !== null && (
            <ActionButton
              name="Use suggestion"
              keyHint={keyHint(preset, "suggestion")}
              isAccent
              isChosen={chosen === suggested}
              onPress={() => {
                perform({ type: "suggestion" });
              }}
            />
          )}
        </div>
      </div>
      <div className="max-sm:order-last sm:max-lg:col-start-2 sm:max-lg:row-span-2 sm:max-lg:row-start-1">
        <ChoiceList item={item} settingsOf={settingsOf} chosen={chosen} perform={perform} />
      </div>
      <VerdictButtons decision={decision} perform={perform} />
    </section>
  );
}
