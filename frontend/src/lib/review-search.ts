/** The review page's filters as they stand in its address. Pure. */

export interface ReviewSearch {
  given?: string;
  suggested?: string;
  score_min?: number;
  score_max?: number;
  reviewed?: boolean;
}

function text(value: unknown): string | undefined {
  // The router reads a class called "7" out of the address as a number.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function score(value: unknown): number | undefined {
  const number = typeof value === "number" ? value : Number.parseFloat(text(value) ?? "");
  return number >= 0 && number <= 1 ? number : undefined;
}

function flag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}

/** Read filters out of an address; what makes no sense is left out. */
export function readReviewSearch(search: Record<string, unknown>): ReviewSearch {
  return {
    given: text(search.given),
    suggested: text(search.suggested),
    score_min: score(search.score_min),
    score_max: score(search.score_max),
    reviewed: flag(search.reviewed),
  };
}
