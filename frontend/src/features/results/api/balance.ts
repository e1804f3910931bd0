/** Class balance of given labels, suggestions and settled labels. Pure. */
import type { ClassFigures } from "@/lib/client/types";

export const COUNTS = ["given", "suggested", "settled"] as const;
export type Count = (typeof COUNTS)[number];

export interface ClassShare {
  label: string;
  /** Images of the class. */
  counts: Readonly<Record<Count, number>>;
  /** Each count as a share of its total, 0 to 1. */
  shares: Readonly<Record<Count, number>>;
}

/** Counts and shares per class, in the dataset's order. */
export function balance(
  figures: readonly ClassFigures[],
  settled: Readonly<Record<string, number>>,
): ClassShare[] {
  const counted = figures.map(({ label_class, given, suggested }) => ({
    label: label_class,
    counts: { given, suggested, settled: settled[label_class] ?? 0 },
  }));
  const total = (count: Count) =>
    Math.max(
      1,
      counted.reduce((sum, { counts }) => sum + counts[count], 0),
    );
  const totals = {
    given: total("given"),
    suggested: total("suggested"),
    settled: total("settled"),
  };
  return counted.map(({ label, counts }) => ({
    label,
    counts,
    shares: {
      given: counts.given / totals.given,
      suggested: counts.suggested / totals.suggested,
      settled: counts.settled / totals.settled,
    },
  }));
}
