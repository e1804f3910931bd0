import { infiniteQueryOptions, queryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, unwrap } from "@/lib/client/client";
import type { IssueKind } from "@/lib/client/types";
import type { ReviewSearch } from "@/lib/review-search";

import { type ColumnPage, PAGE_ROWS } from "./columns";

/** More are not alike. */
const MAX_SIMILAR = 100;

function fetchPage(
  jobId: string,
  kind: IssueKind | null,
  { given, suggested, reviewed, ...others }: ReviewSearch,
  rows: { after_rank: number; limit: number },
  signal: AbortSignal,
): Promise<ColumnPage> {
  const filters = { given, suggested, reviewed };
  if (kind !== null) {
    const params = { path: { job_id: jobId, kind }, query: { ...filters, ...rows } };
    return unwrap(api.GET("/api/v1/jobs/{job_id}/issues/{kind}/columns", { params, signal }));
  }
  const { kind: _, ...ranked } = others;
  const query = { ...filters, ...ranked, ...rows };
  const params = { path: { job_id: jobId }, query };
  return unwrap(api.GET("/api/v1/jobs/{job_id}/columns", { params, signal }));
}

/**
 * The filtered ranking or one kind of issue, `PAGE_ROWS` rows at a time. Fetched once per visit: decisions change the
 * service's response, but the list must not move while the reviewer works.
 */
const columnsQuery = (jobId: string, kind: IssueKind | null, filters: ReviewSearch) =>
  infiniteQueryOptions({
    queryKey: ["jobs", jobId, "columns", kind, filters],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      fetchPage(jobId, kind, filters, { after_rank: pageParam, limit: PAGE_ROWS }, signal),
    getNextPageParam: (page) => page.next_rank,
    staleTime: Infinity,
    gcTime: 0,
  });

/** All columns, page by page until the last row. `kind` null: the ranking by label score. */
export function useColumns(jobId: string, kind: IssueKind | null, filters: ReviewSearch) {
  const query = useInfiniteQuery(columnsQuery(jobId, kind, filters));
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return query;
}

/** The samples that look most like one sample. */
export const similarQuery = (jobId: string, sampleId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "similar", sampleId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/samples/{sample_id}/similar", {
          params: {
            path: { job_id: jobId, sample_id: sampleId },
            query: { limit: MAX_SIMILAR },
          },
          signal,
        }),
      ),
    staleTime: Infinity,
    gcTime: 0,
  });

const GROUPS_PER_PAGE = 100;

/** Groups of duplicates, those whose labels disagree first. Fetched once per visit. */
export const duplicatesQuery = (jobId: string, disagree: boolean | undefined) =>
  infiniteQueryOptions({
    queryKey: ["jobs", jobId, "duplicates", disagree],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/duplicates", {
          params: {
            path: { job_id: jobId },
            query: { labels_disagree: disagree, cursor: pageParam, limit: GROUPS_PER_PAGE },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Infinity,
    gcTime: 0,
  });
