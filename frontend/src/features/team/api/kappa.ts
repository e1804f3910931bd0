/** Kappa in words, on the scale of Landis and Koch (Biometrics 33, 1977). Pure. */
const SCALE: readonly (readonly [above: number, words: string])[] = [
  [0.8, "almost perfect"],
  [0.6, "substantial"],
  [0.4, "moderate"],
  [0.2, "fair"],
  [0, "slight"],
];

/** What a kappa is usually called; nothing where there is none. */
export function kappaWords(kappa: number | null): string | undefined {
  if (kappa === null) return undefined;
  return SCALE.find(([above]) => kappa > above)?.[1] ?? "no better than chance";
}
