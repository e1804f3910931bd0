export interface Option {
  value: string;
  label: string;
}

/** Options of a filter: `any` for no filter, then each value under its name. Pure. */
export function filterOptions(
  any: string,
  values: readonly string[] | Readonly<Record<string, string>>,
): Option[] {
  const named = Array.isArray(values)
    ? values.map((value: string) => ({ value, label: value }))
    : Object.entries(values).map(([value, label]) => ({ value, label }));
  return [{ value: "", label: any }, ...named];
}
