import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { DatasetChange } from "@/lib/client/types";

export const agreementQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "agreement"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/agreement", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });

export const reviewersQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "reviewers"],
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/reviewers", {
            params: { path: { dataset_id: datasetId } },
            signal,
          }),
        )
      ).items,
  });

export function useSaveSettings(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: DatasetChange) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}", {
          params: { path: { dataset_id: datasetId } },
          body,
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["datasets", datasetId] }),
  });
}
