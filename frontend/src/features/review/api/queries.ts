import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { ReviewSearch } from "@/lib/review-search";

const PAGE_SIZE = 50;

/**
 * The ranking behind the filters. It must not move under the annotator's hands, though every decision changes what
 * the service would answer: fetched anew on each visit, and only then.
 */
export const rankingQuery = (jobId: string, filters: ReviewSearch) =>
  infiniteQueryOptions({
    queryKey: ["jobs", jobId, "ranking", filters],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/results", {
          params: {
            path: { job_id: jobId },
            query: { ...filters, cursor: pageParam, limit: PAGE_SIZE },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
    gcTime: 0,
  });

/** The summary as it stood when the page was opened; what is decided since is counted on top. */
export const reviewSummaryQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "review-summary"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/summary", { params: { path: { job_id: jobId } }, signal }),
      ),
    staleTime: Infinity,
    gcTime: 0,
  });
