import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import type { ActivitySearch } from "@/lib/activity-search";
import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";

export const activityQuery = (datasetId: string, filters: ActivitySearch) =>
  infiniteQueryOptions({
    queryKey: ["datasets", datasetId, "activity", filters],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/verifications", {
          params: { path: { dataset_id: datasetId }, query: { ...filters, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

export const commentsQuery = (datasetId: string) =>
  infiniteQueryOptions({
    queryKey: ["datasets", datasetId, "comments"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/comments", {
          params: { path: { dataset_id: datasetId }, query: { cursor: pageParam, limit: 20 } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

/** The comments on one image, oldest first. */
export const sampleCommentsQuery = (sampleId: string) =>
  queryOptions({
    queryKey: ["samples", sampleId, "comments"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/samples/{sample_id}/comments", {
          params: { path: { sample_id: sampleId } },
          signal,
        }),
      ),
  });

/** Withdraw a decision of any reviewer and any age. */
export function useWithdraw(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (verificationId: string) =>
      unwrap(
        api.POST("/api/v1/verifications/{verification_id}/withdrawal", {
          params: { path: { verification_id: verificationId } },
          body: { reviewer: currentReviewer() },
        }),
      ),
    // Also refreshes counts, queues and the verified set.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["datasets", datasetId] }),
  });
}
