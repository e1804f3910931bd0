/** The error budget as it is typed and as it is sent. Pure. */
import type { AutoAcceptState } from "@/lib/client/types";
import { formatPercent, formatPlural } from "@/lib/format";

export const USUAL_PERCENT = 2;
export const MAX_PERCENT = 50;

/** A typed percentage as a share; null where it is no budget. */
export function readBudget(percent: string): number | null {
  const value = Number(percent);
  // Percent with one decimal, so that 0.1 + 0.2 asks for no new preview.
  return percent.trim() !== "" && value > 0 && value <= MAX_PERCENT
    ? Math.round(value * 10) / 1000
    : null;
}

/** What is in force now, in a sentence. */
export function stateSentence({ source, num_samples, ...state }: AutoAcceptState): string {
  const count = formatPlural(num_samples, "suggestion");
  switch (source) {
    case "budget":
      return `${count} accepted within an error budget of ${formatPercent(state.max_error ?? 0)}.`;
    case "run":
      return `${count} accepted, as the job itself decided by the hold-out.`;
    case "none":
      return "No suggestion is accepted without a person: given labels stay until someone corrects them.";
  }
}
