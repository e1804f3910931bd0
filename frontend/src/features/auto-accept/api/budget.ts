/** Parsing and describing the error budget. Pure. */
import type { AutoAcceptState } from "@/lib/client/types";
import { formatPercent, formatPlural } from "@/lib/format";

export const DEFAULT_PERCENT = 2;
export const MAX_PERCENT = 50;

/** A typed percentage as a share; null if it is not a valid budget. */
export function readBudget(percent: string): number | null {
  const value = Number(percent);
  // Rounded to 0.1 %, so that floating-point noise requests no new preview.
  return percent.trim() !== "" && value > 0 && value <= MAX_PERCENT
    ? Math.round(value * 10) / 1000
    : null;
}

/** The current state in a sentence. */
export function stateSentence({ source, num_samples, ...state }: AutoAcceptState): string {
  const count = formatPlural(num_samples, "suggestion");
  switch (source) {
    case "budget":
      return `${count} accepted within an error budget of ${formatPercent(state.max_error ?? 0)}.`;
    case "run":
      return `${count} accepted by the job, based on the hold-out.`;
    case "none":
      return "No suggestions are accepted automatically. Given labels stay until a reviewer corrects them.";
  }
}
