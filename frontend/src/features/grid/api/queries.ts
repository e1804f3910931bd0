import { infiniteQueryOptions, queryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, unwrap } from "@/lib/client/client";
import type { ReviewSearch } from "@/lib/review-search";

import { PAGE_ROWS } from "./columns";

/**
 * The ranking behind the filters, `PAGE_ROWS` rows at a time. It must not move under the annotator's hands, though
 * every decision changes what the service would answer: fetched anew on each visit, and only then.
 */
const columnsQuery = (jobId: string, filters: ReviewSearch) =>
  infiniteQueryOptions({
    queryKey: ["jobs", jobId, "columns", filters],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/columns", {
          params: {
            path: { job_id: jobId },
            query: { ...filters, after_rank: pageParam, limit: PAGE_ROWS },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_rank,
    staleTime: Infinity,
    gcTime: 0,
  });

/** All columns of the ranking, one request after the other until the last row is here. */
export function useColumns(jobId: string, filters: ReviewSearch) {
  const query = useInfiniteQuery(columnsQuery(jobId, filters));
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return query;
}

export const gridSummaryQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "summary"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/summary", { params: { path: { job_id: jobId } }, signal }),
      ),
  });
