import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { ReadingConfig } from "@/lib/client/types";

interface Reading {
  choices: ReadingConfig;
  /** Whether to make the preview again instead of storing the images. */
  dryRun: boolean;
}

/** Reads the checked archive again, for another preview or to store its images. */
export function useCheckedArchive(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ choices, dryRun }: Reading) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/ingest", {
          params: { path: { dataset_id: datasetId } },
          body: { choices, dry_run: dryRun },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["datasets"] }),
  });
}
