/** Names for kappa values, on the scale of Landis and Koch (Biometrics 33, 1977). Pure. */
const SCALE: readonly (readonly [above: number, name: string])[] = [
  [0.8, "almost perfect"],
  [0.6, "substantial"],
  [0.4, "moderate"],
  [0.2, "fair"],
  [0, "slight"],
];

/** Strength of agreement; undefined without a kappa. */
export function nameKappa(kappa: number | null): string | undefined {
  if (kappa === null) return undefined;
  return SCALE.find(([above]) => kappa > above)?.[1] ?? "no better than chance";
}
