/** A soft label as the focus view shows it. Pure. */

export interface LikelyClass {
  label: string;
  probability: number;
}

/** Classes by likelihood, the most likely first; ties stay in the dataset's order. */
export function byLikelihood(
  classes: readonly string[],
  softLabel: readonly number[],
): LikelyClass[] {
  return classes
    .map((label, index) => ({ label, probability: softLabel[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
