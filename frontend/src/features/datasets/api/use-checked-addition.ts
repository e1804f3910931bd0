import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { OnExisting } from "@/lib/client/types";

import { additionsQuery } from "./queries";

/** Adds the images that the latest check has counted. */
export function useCheckedAddition(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (onExisting: OnExisting) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/additions/checked", {
          params: { path: { dataset_id: datasetId } },
          body: { on_existing: onExisting, choices: {}, dry_run: false },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries(additionsQuery(datasetId)),
  });
}
