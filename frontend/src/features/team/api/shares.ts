import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { ShareFilter, SharesCreate } from "@/lib/client/types";

const keyOf = (datasetId: string) => ["datasets", datasetId, "shares"];

export const sharesQuery = (datasetId: string) =>
  queryOptions({
    queryKey: keyOf(datasetId),
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/shares", {
            params: { path: { dataset_id: datasetId } },
            signal,
          }),
        )
      ).items,
  });

/** How many images a filter would assign. */
export const sharePreviewQuery = (datasetId: string, filter: ShareFilter) =>
  queryOptions({
    queryKey: [...keyOf(datasetId), "preview", filter],
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/shares/preview", {
            params: { path: { dataset_id: datasetId }, query: filter },
            signal,
          }),
        )
      ).num_samples,
  });

export function useAssignShares(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: SharesCreate) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/shares", {
          params: { path: { dataset_id: datasetId } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keyOf(datasetId) }),
  });
}

export function useTakeBackShare(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (shareId: string) =>
      unwrap(
        api.DELETE("/api/v1/datasets/{dataset_id}/shares/{share_id}", {
          params: { path: { dataset_id: datasetId, share_id: shareId } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keyOf(datasetId) }),
  });
}
