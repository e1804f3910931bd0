import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";

/** Checks a source, and counts what an addition would take in. */
export function useSourceActions(datasetId: string) {
  const queryClient = useQueryClient();
  const params = { path: { dataset_id: datasetId } };
  const check = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/datasets/{dataset_id}/source/check", { params })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["datasets", datasetId, "source"] }),
  });
  const add = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/source/additions", {
          params,
          body: { choices: {}, dry_run: true, on_existing: "skip" },
        }),
      ),
    onSuccess: () =>
      queryClient.invalidateQueries({ queryKey: ["datasets", datasetId, "additions"] }),
  });
  return { check, add };
}
