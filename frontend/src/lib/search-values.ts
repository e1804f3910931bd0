/** Readers of single values from the search part of an address. Invalid values become undefined. Pure. */

export function readText(value: unknown): string | undefined {
  // The router may parse a class named "7" as a number.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of texts; one text is a list of one. */
export function readTexts(value: unknown): string[] | undefined {
  const texts = (Array.isArray(value) ? value : [value])
    .map(readText)
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts;
}

/** A label score, 0 to 1. */
export function readScore(value: unknown): number | undefined {
  const number = typeof value === "number" ? value : Number.parseFloat(readText(value) ?? "");
  return number >= 0 && number <= 1 ? number : undefined;
}

/** A positive whole number. */
export function readCount(value: unknown): number | undefined {
  const number = Number(readText(value) ?? NaN);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

export function readFlag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}
