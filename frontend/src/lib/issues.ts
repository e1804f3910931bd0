/** Issues besides label errors: their kinds, names and counts. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { IssueCounts, IssueKind } from "@/lib/client/types";

/** The pages that list one kind of issue at a time, and their kinds. */
export const ISSUE_PAGES = {
  outliers: ["outlier", "out_of_distribution"],
  "bad-images": ["dark", "light", "blurry", "low_information", "odd_size", "odd_aspect_ratio"],
} as const satisfies Record<string, readonly IssueKind[]>;
export type IssuePageName = keyof typeof ISSUE_PAGES;

export const ISSUE_PAGE_NAMES: Readonly<Record<IssuePageName, string>> = {
  outliers: "Outliers",
  "bad-images": "Bad images",
};

export const ISSUE_NAMES: Readonly<Record<IssueKind, string>> = {
  exact_duplicate: "Exact duplicate",
  near_duplicate: "Near duplicate",
  conflicting_duplicate: "Duplicates with different labels",
  outlier: "No class fits",
  out_of_distribution: "Other dataset",
  dark: "Dark",
  light: "Bright",
  blurry: "Blurry",
  low_information: "Low information",
  odd_size: "Odd size",
  odd_aspect_ratio: "Odd aspect ratio",
};

export const ISSUE_KINDS = Object.keys(ISSUE_NAMES) as IssueKind[];

/** How many issues of each kind the job found; also whether it has a map. */
export const issueCountsQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "issue-counts"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/issues", { params: { path: { job_id: jobId } }, signal }),
      ),
    staleTime: Infinity,
  });

/** Images with an issue of this kind. */
export function countOf(counts: IssueCounts | undefined, kind: IssueKind): number {
  return counts?.items.find((item) => item.kind === kind)?.count ?? 0;
}

/** Issues on a page; an image may have several. */
export function countOnPage(counts: IssueCounts | undefined, page: IssuePageName): number {
  return ISSUE_PAGES[page].reduce((sum, kind) => sum + countOf(counts, kind), 0);
}

/** The kind that a page shows: the chosen one, else the first with an image. */
export function shownKind(
  counts: IssueCounts | undefined,
  page: IssuePageName,
  chosen: IssueKind | undefined,
): IssueKind {
  const kinds: readonly IssueKind[] = ISSUE_PAGES[page];
  return (
    kinds.find((kind) => kind === chosen) ??
    kinds.find((kind) => countOf(counts, kind) > 0) ??
    ISSUE_PAGES[page][0]
  );
}
