/** Confusion matrix of given labels and suggestions, prepared for display. Pure. */
import type { JobSummary } from "@/lib/client/types";

export interface Cell {
  given: string;
  suggested: string;
  count: number;
}

/** Off-diagonal cells, largest first. With many classes the service has chosen them. */
export function mostConfused(summary: JobSummary, limit: number): Cell[] {
  const { classes, confusion, confusions = [] } = summary;
  if (confusion.length === 0) return confusions.slice(0, limit);
  const cells = classes.flatMap((given, row) =>
    classes.flatMap((suggested, column) => {
      const count = confusion[row]?.[column] ?? 0;
      return row === column || count === 0 ? [] : [{ given, suggested, count }];
    }),
  );
  return cells.sort((a, b) => b.count - a.count).slice(0, limit);
}

/** Counts by index of the given label and of the suggestion, from the matrix or from the listed pairs. */
export function counter({ classes, confusion, confusions = [] }: JobSummary) {
  if (confusion.length > 0) {
    return (row: number, column: number) => confusion[row]?.[column] ?? 0;
  }
  const counts = new Map(
    confusions.map(({ given, suggested, count }) => [`${given}\u0000${suggested}`, count]),
  );
  return (row: number, column: number) =>
    counts.get(`${classes[row] ?? ""}\u0000${classes[column] ?? ""}`) ?? 0;
}

/** Indices of the classes to show, in dataset order: all, or the most confused ones. */
export function classesToDraw(summary: JobSummary, limit: number): readonly number[] {
  const all = summary.class_order;
  if (all.length <= limit) return all;
  const totals = summary.confusion.length > 0 ? fromMatrix(summary) : fromPairs(summary);
  return [...all]
    .sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0))
    .slice(0, limit)
    .sort((a, b) => all.indexOf(a) - all.indexOf(b));
}

/** How often each class is confused. */
function fromMatrix({ classes, confusion }: JobSummary): number[] {
  return classes.map((_, index) =>
    classes.reduce(
      (sum, __, other) =>
        other === index
          ? sum
          : sum + (confusion[index]?.[other] ?? 0) + (confusion[other]?.[index] ?? 0),
      0,
    ),
  );
}

function fromPairs({ classes, confusions = [] }: JobSummary): number[] {
  const totals = new Map<string, number>();
  for (const { given, suggested, count } of confusions) {
    for (const name of [given, suggested]) totals.set(name, (totals.get(name) ?? 0) + count);
  }
  return classes.map((name) => totals.get(name) ?? 0);
}
