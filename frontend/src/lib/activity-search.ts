/** Filters in the address of the activity page. Pure. */
import type { TrailItem } from "@/lib/client/types";
import { readText } from "@/lib/search-values";
import { VERDICT_NAMES } from "@/lib/verdicts";

type Names<T extends string> = Readonly<Record<T, string>>;

export const TRAIL_VERDICTS: Names<TrailItem["verdict"]> = { ...VERDICT_NAMES, withdrawn: "Undo" };
export const ROLES: Names<TrailItem["role"]> = {
  opinion: "Opinion",
  adjudication: "Adjudication",
  honeypot: "Test image",
};
export const SOURCES: Names<TrailItem["source"]> = { review: "Review", upload: "Upload" };

export interface ActivitySearch {
  reviewer?: string;
  verdict?: TrailItem["verdict"];
  role?: TrailItem["role"];
  source?: TrailItem["source"];
  sample_id?: string;
  /** Time span, in ISO 8601 with a zone: from `since`, before `until`. */
  since?: string;
  until?: string;
}

function readTime(value: unknown): string | undefined {
  const time = Date.parse(readText(value) ?? "");
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function readName<T extends string>(value: unknown, names: Names<T>): T | undefined {
  return (Object.keys(names) as T[]).find((known) => known === value);
}

/** Filters from an address; invalid values are ignored. */
export function readActivitySearch(search: Record<string, unknown>): ActivitySearch {
  const sample = readText(search.sample_id);
  return {
    reviewer: readText(search.reviewer),
    verdict: readName(search.verdict, TRAIL_VERDICTS),
    role: readName(search.role, ROLES),
    source: readName(search.source, SOURCES),
    since: readTime(search.since),
    until: readTime(search.until),
    sample_id: sample !== undefined && /^\d+$/.test(sample) ? sample : undefined,
  };
}
