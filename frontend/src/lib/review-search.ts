/** Filters in the addresses of the review page, the grid and the verify page. Pure. */
import type { IssueKind, Verdict } from "@/lib/client/types";
import { ISSUE_KINDS } from "@/lib/issues";
import { VERIFY_QUEUES, type VerifyQueue } from "@/lib/queues";
import { readCount, readFlag, readScore, readText, readTexts } from "@/lib/search-values";
import { VERDICTS } from "@/lib/verdicts";

/** Filters of a job's ranking, shared by the focus view and the grid. */
export interface ReviewSearch {
  given?: string;
  suggested?: string;
  score_min?: number;
  score_max?: number;
  /** Only the most suspicious images, as many as this. */
  rank_max?: number;
  reviewed?: boolean;
  /** The sample's decision. */
  verdict?: Verdict;
  /** Whether the job flagged the label as wrong. */
  issue?: boolean;
  /** Whether an accepted suggestion changes the label. */
  changed_by_model?: boolean;
  /** Conditions on metadata, such as `camera:eq:A`. */
  metadata?: string[];
  /** Tags that an image must have. */
  tag?: string[];
  /** The column of metadata that orders the grid; the rank without one. */
  sort?: string;
  descending?: boolean;
  /** Kind of issue, where the page lists several. */
  kind?: IssueKind;
}

/** Images that belong together, and filters among them. */
export interface SelectionSearch extends ReviewSearch {
  /** Corners of an area of the map, as `formatArea` writes them. */
  area?: string;
  /** The sample that the images resemble. */
  like?: string;
}

export interface DuplicatesSearch {
  /** Whether the labels in a group disagree. */
  disagree?: boolean;
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
    rank_max: readCount(search.rank_max),
    reviewed: readFlag(search.reviewed),
    verdict: VERDICTS.find((known) => known === search.verdict),
    issue: readFlag(search.issue),
    changed_by_model: readFlag(search.changed_by_model),
    metadata: readTexts(search.metadata),
    tag: readTexts(search.tag),
    sort: readText(search.sort),
    descending: readFlag(search.descending),
    kind: ISSUE_KINDS.find((known) => known === search.kind),
  };
}

export function readSelectionSearch(search: Record<string, unknown>): SelectionSearch {
  return { ...readReviewSearch(search), area: readText(search.area), like: readText(search.like) };
}

export function readDuplicatesSearch(search: Record<string, unknown>): DuplicatesSearch {
  return { disagree: readFlag(search.disagree) };
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
