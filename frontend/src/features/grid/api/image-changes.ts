/** Changes of the dataset itself that a selection of the grid makes. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";

function useRefresh() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ["datasets"] }),
      queryClient.invalidateQueries({ queryKey: ["jobs"] }),
    ]);
}

/** Removes images from the dataset; they can be restored on its page. */
export function useRemoveImages(datasetId: string) {
  return useMutation({
    mutationFn: (sampleIds: readonly string[]) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/removed-images", {
          params: { path: { dataset_id: datasetId } },
          body: { sample_ids: [...sampleIds], reviewer: currentReviewer() },
        }),
      ),
    onSuccess: useRefresh(),
  });
}

/** Adds a class, and decides that the images are of it. */
export function useSplitClass(datasetId: string, jobId: string) {
  return useMutation({
    mutationFn: ({ name, sampleIds }: { name: string; sampleIds: readonly string[] }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/classes/split", {
          params: { path: { dataset_id: datasetId } },
          body: { name, sample_ids: [...sampleIds], job_id: jobId, reviewer: currentReviewer() },
        }),
      ),
    onSuccess: useRefresh(),
  });
}
