/** Filters in the addresses of the review page, the grid and the verify page. Pure. */
import type { Verdict } from "@/lib/client/types";
import { VERIFY_QUEUES, type VerifyQueue } from "@/lib/queues";
import { readFlag, readScore, readText } from "@/lib/search-values";
import { VERDICTS } from "@/lib/verdicts";

/** Filters of a job's ranking, shared by the focus view and the grid. */
export interface ReviewSearch {
  given?: string;
  suggested?: string;
  score_min?: number;
  score_max?: number;
  reviewed?: boolean;
  /** The sample's decision. */
  verdict?: Verdict;
  /** Whether the job flagged the label as wrong. */
  issue?: boolean;
  /** Whether an accepted suggestion changes the label. */
  changed_by_model?: boolean;
}

/** The verify page's queue, and the given label it is limited to. */
export interface VerifySearch {
  label?: string;
  queue?: VerifyQueue;
}

/** Filters from an address; invalid values are ignored. */
export function readReviewSearch(search: Record<string, unknown>): ReviewSearch {
  return {
    given: readText(search.given),
    suggested: readText(search.suggested),
    score_min: readScore(search.score_min),
    score_max: readScore(search.score_max),
    reviewed: readFlag(search.reviewed),
    verdict: VERDICTS.find((known) => known === search.verdict),
    issue: readFlag(search.issue),
    changed_by_model: readFlag(search.changed_by_model),
  };
}

/** Queue and class from an address; invalid values are ignored. */
export function readVerifySearch(search: Record<string, unknown>): VerifySearch {
  return {
    label: readText(search.label),
    queue: VERIFY_QUEUES.find((known) => known === search.queue),
  };
}

/** These filters with another upper limit; a lower limit above it is dropped. */
export function withScoreMax(filters: ReviewSearch, score: number): ReviewSearch {
  const { score_min } = filters;
  return {
    ...filters,
    score_max: score >= 1 ? undefined : score,
    score_min: score_min !== undefined && score_min > score ? undefined : score_min,
  };
}
