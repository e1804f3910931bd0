import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { ClassChange, ClassCreate } from "@/lib/client/types";
import { currentReviewer } from "@/lib/reviewer";

/** What the editor of classes does. */
export type ClassCommand =
  | { type: "add"; body: ClassCreate }
  | { type: "change"; index: number; body: ClassChange }
  | { type: "order"; indices: number[] }
  | { type: "merge"; index: number; into: number }
  | { type: "remove"; index: number };

function send(datasetId: string, command: ClassCommand) {
  const reviewer = currentReviewer();
  const path = { dataset_id: datasetId };
  switch (command.type) {
    case "add":
      return unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/classes", {
          params: { path },
          body: { ...command.body, reviewer },
        }),
      );
    case "change":
      return unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}/classes/{index}", {
          params: { path: { ...path, index: command.index } },
          body: { ...command.body, reviewer },
        }),
      );
    case "order":
      return unwrap(
        api.PUT("/api/v1/datasets/{dataset_id}/classes/order", {
          params: { path },
          body: { indices: command.indices, reviewer },
        }),
      );
    case "merge":
      return unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/classes/{index}/merge", {
          params: { path: { ...path, index: command.index } },
          body: { into: command.into, reviewer },
        }),
      );
    case "remove":
      return unwrap(
        api.DELETE("/api/v1/datasets/{dataset_id}/classes/{index}", {
          params: { path: { ...path, index: command.index }, query: { reviewer } },
        }),
      );
  }
}

/** Everything that is shown of a dataset, and of its jobs, depends on its classes and images. */
function useRefresh() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ["datasets"] }),
      queryClient.invalidateQueries({ queryKey: ["jobs"] }),
    ]);
}

export function useChangeClasses(datasetId: string) {
  return useMutation({
    mutationFn: (command: ClassCommand) => send(datasetId, command),
    onSuccess: useRefresh(),
  });
}

const SHOWN_CHANGES = 20;

/** The latest changes of the dataset, newest first. */
export const changesQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "changes"],
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/changes", {
            params: { path: { dataset_id: datasetId }, query: { limit: SHOWN_CHANGES } },
            signal,
          }),
        )
      ).items,
  });

export function useUndoChange(datasetId: string) {
  return useMutation({
    mutationFn: (number: number) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/changes/{number}/undo", {
          params: { path: { dataset_id: datasetId, number } },
          body: { reviewer: currentReviewer() },
        }),
      ),
    onSuccess: useRefresh(),
  });
}

const SHOWN_IMAGES = 100;

/** The images that were removed last. */
export const removedImagesQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "removed-images"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/removed-images", {
          params: { path: { dataset_id: datasetId }, query: { limit: SHOWN_IMAGES } },
          signal,
        }),
      ),
  });

export function useRestoreImages(datasetId: string) {
  return useMutation({
    mutationFn: (sampleIds: readonly string[]) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/removed-images/restore", {
          params: { path: { dataset_id: datasetId } },
          body: { sample_ids: [...sampleIds], reviewer: currentReviewer() },
        }),
      ),
    onSuccess: useRefresh(),
  });
}
