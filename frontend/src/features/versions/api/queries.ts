import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { VersionCreate } from "@/lib/client/types";
import { currentReviewer } from "@/lib/reviewer";
import type { DifferenceFilters } from "@/lib/version-search";
import { isFinished } from "@/lib/work";

const POLL_MS = 700;

export const versionsQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "versions"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/versions", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => !isFinished(status)) === true ? POLL_MS : false,
  });

function useInvalidate(datasetId: string) {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: versionsQuery(datasetId).queryKey });
}

export function useCreateVersion(datasetId: string) {
  return useMutation({
    mutationFn: (body: Omit<VersionCreate, "reviewer" | "job_id">) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/versions", {
          params: { path: { dataset_id: datasetId } },
          body: { ...body, reviewer: currentReviewer() },
        }),
      ),
    onSuccess: useInvalidate(datasetId),
  });
}

export function useDeleteVersion(datasetId: string) {
  return useMutation({
    mutationFn: (versionId: string) =>
      unwrap(
        api.DELETE("/api/v1/versions/{version_id}", {
          params: { path: { version_id: versionId } },
        }),
      ),
    onSuccess: useInvalidate(datasetId),
  });
}

/** Makes the comparison unless there is one that is still true; then follows it. */
export const comparisonQuery = (before: string, after: string | undefined) =>
  queryOptions({
    queryKey: ["versions", before, "comparison", after ?? null],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/versions/{version_id}/comparisons", {
          params: { path: { version_id: before } },
          body: { after_id: after ?? null },
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data !== undefined && !isFinished(state.data.status) ? POLL_MS : false,
  });

export const differencesQuery = (comparisonId: string, filters: DifferenceFilters) =>
  infiniteQueryOptions({
    queryKey: ["version-comparisons", comparisonId, "differences", filters],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/version-comparisons/{comparison_id}/differences", {
          params: {
            path: { comparison_id: comparisonId },
            query: { ...filters, cursor: pageParam },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
