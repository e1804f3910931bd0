/** What a person chose for each class of a preview: another name, or to leave it out. Pure. */

import type { Preview, ReadingConfig } from "@/lib/client/types";

export interface ClassChoices {
  /** New name by class. */
  names: ReadonlyMap<string, string>;
  excluded: ReadonlySet<string>;
}

export const NO_CHOICES: ClassChoices = { names: new Map(), excluded: new Set() };

/** Gives a class another name; classes of the same name are merged. Its own name undoes that. */
export function rename(choices: ClassChoices, label: string, name: string): ClassChoices {
  const names = new Map(choices.names);
  if (name === label) names.delete(label);
  else names.set(label, name);
  return { ...choices, names };
}

/** Leaves a class out, or takes it back. */
export function exclude(choices: ClassChoices, label: string, isExcluded: boolean): ClassChoices {
  const excluded = new Set(choices.excluded);
  if (isExcluded) excluded.add(label);
  else excluded.delete(label);
  return { ...choices, excluded };
}

/** Merges similar classes into the one with the most images. */
export function mergeGroup(
  choices: ClassChoices,
  group: readonly string[],
  preview: Preview,
): ClassChoices {
  const counts = new Map(preview.classes.map(({ label, count }) => [label, count]));
  const size = (label: string) => counts.get(label) ?? 0;
  const target = group.reduce((best, label) => (size(label) > size(best) ? label : best));
  return group.reduce((merged, label) => rename(merged, label, target), choices);
}

/** The choices as the service takes them. Empty names count as unchanged. */
export function toReading(choices: ClassChoices, labelsFrom: string | null): ReadingConfig {
  const renamed = [...choices.names].filter(
    ([label, name]) => name.trim() !== "" && !choices.excluded.has(label),
  );
  return {
    labels_from: labelsFrom,
    merge: Object.fromEntries(renamed),
    exclude: [...choices.excluded],
  };
}
