import { ClassDot } from "@/components/ui/class-dot";
import { cx } from "@/components/ui/cx";
import type { Item } from "@/lib/annotate/item";
import { useKeyPreset } from "@/lib/annotate/key-preset";
import { type Action, keyName, PRESET_TABLES } from "@/lib/annotate/keymap";
import type { DatasetClass } from "@/lib/client/types";
import { formatPercent } from "@/lib/format";

import { ActionButton } from "./action-button";

/** Longer lists use two columns, to avoid scrolling. */
const ONE_COLUMN = 10;

interface Props {
  item: Item;
  /** What is set for each class, by name. */
  settingsOf: ReadonlyMap<string, DatasetClass>;
  /** The decided class; null without a decision. */
  chosen: string | null;
  perform: (action: Action) => void;
}

function Bar({ probability }: { probability: number }) {
  return (
    <span aria-hidden="true" className="mt-0.5 block h-1 rounded-full bg-line">
      <span
        className="block h-1 rounded-full bg-accent"
        style={{ width: `${probability * 100}%` }}
      />
    </span>
  );
}

/** Classes with their number keys. With a soft label: sorted by probability, which is drawn as a bar. */
export function ChoiceList({ item, settingsOf, chosen, perform }: Props) {
  const [preset] = useKeyPreset();
  const keys = PRESET_TABLES[preset].choiceKeys;
  const labels = item.likely?.map(({ label }) => label) ?? item.choices;
  const rows = labels.slice(0, keys.length);
  return (
    <>
      <p className="text-xs leading-4 text-muted">
        {item.likely === null
          ? "Number keys in dataset order"
          : "By probability; number keys in dataset order"}
      </p>
      <div
        role="group"
        aria-label={item.likely === null ? "Classes" : "Classes by probability"}
        className={cx("grid gap-0.5", rows.length > ONE_COLUMN && "grid-cols-2")}
      >
        {rows.map((label, position) => {
          const probability = item.likely?.[position]?.probability ?? null;
          const number = item.choices.indexOf(label);
          const { colour, key = null, description } = settingsOf.get(label) ?? {};
          return (
            <ActionButton
              key={label}
              name={probability === null ? label : `${label}, ${formatPercent(probability)}`}
              keyHint={keyName(key ?? keys[number] ?? "")}
              isChosen={chosen === label}
              onPress={() => {
                if (item.choices[number] === label) perform({ type: "choice", position: number });
              }}
            >
              <span className="flex justify-between gap-2">
                <span className="min-w-0 truncate" title={description ?? label}>
                  <ClassDot colour={colour} /> {label}
                  {label === item.given && <span className="text-muted"> · given</span>}
                </span>
                {probability !== null && (
                  <span className="shrink-0 text-muted">{formatPercent(probability)}</span>
                )}
              </span>
              {probability !== null && <Bar probability={probability} />}
            </ActionButton>
          );
        })}
      </div>
    </>
  );
}
