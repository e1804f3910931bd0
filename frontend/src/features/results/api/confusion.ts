/** Confusion matrix of given labels and suggestions, prepared for display. Pure. */
import type { JobSummary } from "@/lib/client/types";

export interface Cell {
  given: string;
  suggested: string;
  count: number;
}

/** Off-diagonal cells, largest first. */
export function mostConfused({ classes, confusion }: JobSummary, limit: number): Cell[] {
  const cells = classes.flatMap((given, row) =>
    classes.flatMap((suggested, column) => {
      const count = confusion[row]?.[column] ?? 0;
      return row === column || count === 0 ? [] : [{ given, suggested, count }];
    }),
  );
  return cells.sort((a, b) => b.count - a.count).slice(0, limit);
}

/** Indices of the classes to show, in dataset order: all, or the most confused ones. */
export function classesToDraw({ classes, confusion }: JobSummary, limit: number): number[] {
  const all = classes.map((_, index) => index);
  if (all.length <= limit) return all;
  const involved = (index: number) =>
    all.reduce(
      (sum, other) =>
        other === index
          ? sum
          : sum + (confusion[index]?.[other] ?? 0) + (confusion[other]?.[index] ?? 0),
      0,
    );
  const totals = all.map(involved);
  return [...all]
    .sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0))
    .slice(0, limit)
    .sort((a, b) => a - b);
}
