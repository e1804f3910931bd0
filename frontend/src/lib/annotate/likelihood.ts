/** Soft labels as shown in the focus view. Pure. */

export interface LikelyClass {
  label: string;
  probability: number;
}

/** Classes by probability, highest first; ties keep the dataset's order. */
export function byLikelihood(
  classes: readonly string[],
  softLabel: readonly number[],
): LikelyClass[] {
  return classes
    .map((label, index) => ({ label, probability: softLabel[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
