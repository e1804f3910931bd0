/** Soft labels as shown in the focus view. Pure. */

export interface LikelyClass {
  label: string;
  probability: number;
}

/**
 * Classes by probability, highest first; ties keep the dataset's order. `of` are the indices of the classes
 * of the soft label, null if it is of all; the others have probability 0.
 */
export function byLikelihood(
  classes: readonly string[],
  softLabel: readonly number[],
  of: readonly number[] | null = null,
): LikelyClass[] {
  const columns = of && new Map(of.map((index, column) => [index, column]));
  return classes
    .map((label, index) => ({
      label,
      probability: softLabel[columns ? (columns.get(index) ?? -1) : index] ?? 0,
    }))
    .sort((a, b) => b.probability - a.probability);
}
