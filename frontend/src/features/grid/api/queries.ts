import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, unwrap } from "@/lib/client/client";
import type { ReviewSearch } from "@/lib/review-search";

import { PAGE_ROWS } from "./columns";

/**
 * The filtered ranking, `PAGE_ROWS` rows at a time. Fetched once per visit: decisions change the service's response, but
 * the list must not move while the reviewer works.
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

/** All columns of the ranking, page by page until the last row. */
export function useColumns(jobId: string, filters: ReviewSearch) {
  const query = useInfiniteQuery(columnsQuery(jobId, filters));
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return query;
}
