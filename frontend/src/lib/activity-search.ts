/** The activity page's filters as they stand in its address. Pure. */

export const VERDICTS = [
  "correct",
  "wrong",
  "wrong_unknown",
  "unsure",
  "unusable",
  "withdrawn",
] as const;
export const ROLES = ["opinion", "adjudication", "honeypot"] as const;
export const SOURCES = ["review", "upload"] as const;

export interface ActivitySearch {
  reviewer?: string;
  verdict?: (typeof VERDICTS)[number];
  role?: (typeof ROLES)[number];
  source?: (typeof SOURCES)[number];
  sample_id?: string;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Read filters out of an address; what makes no sense is left out. */
export function readActivitySearch(search: Record<string, unknown>): ActivitySearch {
  const sample = text(search.sample_id);
  return {
    reviewer: text(search.reviewer),
    verdict: VERDICTS.find((known) => known === search.verdict),
    role: ROLES.find((known) => known === search.role),
    source: SOURCES.find((known) => known === search.source),
    sample_id: sample !== undefined && /^\d+$/.test(sample) ? sample : undefined,
  };
}
