import { ActionButton } from "@/components/annotate/action-button";
import type { Action } from "@/lib/annotate/keymap";
import { formatPercent } from "@/lib/format";

import type { LikelyClass } from "../api/likelihood";

const NUMBER_KEYS = 9;

interface Props {
  likely: readonly LikelyClass[];
  given: string;
  /** The class that was decided on; null without a decision. */
  chosen: string | null;
  perform: (action: Action) => void;
}

/** The soft label as bars, the most likely class first, each with the number key that takes it. */
export function SoftLabelBars({ likely, given, chosen, perform }: Props) {
  return (
    <div className="space-y-1" role="group" aria-label="Classes by likelihood">
      {likely.slice(0, NUMBER_KEYS).map(({ label, probability }, position) => (
        <ActionButton
          key={label}
          name={`${label}, ${formatPercent(probability)}`}
          keyHint={String(position + 1)}
          isChosen={chosen === label}
          onPress={() => {
            perform({ type: "choice", position });
          }}
        >
          <span className="flex justify-between gap-2">
            <span className="min-w-0 truncate">
              {label}
              {label === given && <span className="text-muted"> · given</span>}
            </span>
            <span className="text-muted">{formatPercent(probability)}</span>
          </span>
          <span aria-hidden="true" className="mt-0.5 block h-1 rounded-full bg-line">
            <span
              className="block h-1 rounded-full bg-accent"
              style={{ width: `${probability * 100}%` }}
            />
          </span>
        </ActionButton>
      ))}
    </div>
  );
}
