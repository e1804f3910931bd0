/** Metadata, tags and saved views of a dataset: how people arrange its images. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { SavedView, SavedViewCreate } from "@/lib/client/types";
import { currentReviewer } from "@/lib/reviewer";

/** Samples of one request that changes tags. */
const MAX_TAGGED = 10_000;

/** Columns of metadata of a dataset. */
export const columnsQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "metadata-columns"],
    queryFn: async ({ signal }) => {
      const params = { path: { dataset_id: datasetId } };
      const dataset = await unwrap(api.GET("/api/v1/datasets/{dataset_id}", { params, signal }));
      return dataset.metadata_columns;
    },
  });

export const tagsQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "tags"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/tags", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });

export interface TagChange {
  sampleIds: readonly string[];
  add?: string[];
  remove?: string[];
}

async function changeTags(datasetId: string, { sampleIds, add = [], remove = [] }: TagChange) {
  for (let start = 0; start < sampleIds.length; start += MAX_TAGGED) {
    const sample_ids = sampleIds.slice(start, start + MAX_TAGGED);
    await unwrap(
      api.POST("/api/v1/datasets/{dataset_id}/tags", {
        params: { path: { dataset_id: datasetId } },
        body: { sample_ids, add, remove, reviewer: currentReviewer() },
      }),
    );
  }
}

export function useChangeTags(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: TagChange) => changeTags(datasetId, change),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries(tagsQuery(datasetId)),
        client.invalidateQueries({ queryKey: ["samples"] }),
      ]),
  });
}

export const viewsQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "views"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/views", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });

export function useSaveView(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Omit<SavedViewCreate, "reviewer">) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/views", {
          params: { path: { dataset_id: datasetId } },
          body: { ...body, reviewer: currentReviewer() },
        }),
      ),
    onSuccess: () => client.invalidateQueries(viewsQuery(datasetId)),
  });
}

export function useRenameView(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: Pick<SavedView, "id" | "name">) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}/views/{view_id}", {
          params: { path: { dataset_id: datasetId, view_id: id } },
          body: { name },
        }),
      ),
    onSuccess: () => client.invalidateQueries(viewsQuery(datasetId)),
  });
}

export function useDeleteView(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(
        api.DELETE("/api/v1/datasets/{dataset_id}/views/{view_id}", {
          params: { path: { dataset_id: datasetId, view_id: id } },
        }),
      ),
    onSettled: () => client.invalidateQueries(viewsQuery(datasetId)),
  });
}
