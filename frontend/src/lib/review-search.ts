/** Filters as they stand in the addresses of the review page, the grid and the verify page. Pure. */
import type { Verdict } from "@/lib/client/types";

/** Filters of a job's ranking, in the focus view and in the grid alike. */
export interface ReviewSearch {
  given?: string;
  suggested?: string;
  score_min?: number;
  score_max?: number;
  reviewed?: boolean;
  /** Only what was settled this way. */
  verdict?: Verdict;
  /** Only what the job flagged as wrong, or only what it did not. */
  issue?: boolean;
}

/** Which of a dataset's queues the verify page works through, and for which given label. */
export interface VerifySearch {
  label?: string;
  queue?: VerifyQueue;
}

export const VERIFY_QUEUES = ["verify", "tie_break", "second_look"] as const;
export type VerifyQueue = (typeof VERIFY_QUEUES)[number];

/** Verdicts that can be filtered by, with their names on the page. */
export const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  correct: "Given label is right",
  wrong: "Wrong, class named",
  wrong_unknown: "Wrong, class unknown",
  unsure: "Unsure",
  unusable: "Unusable",
};

const VERDICTS = Object.keys(VERDICT_NAMES) as Verdict[];

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
    verdict: VERDICTS.find((known) => known === search.verdict),
    issue: flag(search.issue),
  };
}

/** Read the verify page's choice out of its address; what makes no sense is left out. */
export function readVerifySearch(search: Record<string, unknown>): VerifySearch {
  return {
    label: text(search.label),
    queue: VERIFY_QUEUES.find((known) => known === search.queue),
  };
}
