import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { api, unwrap } from "@/lib/client/client";
import { useUnloadWarning } from "@/lib/use-unload-warning";

import { uploadArchive, type UploadProgress } from "./upload";

interface Upload {
  /** The dataset to fill; null creates one with `name`. */
  datasetId: string | null;
  name: string;
  file: File;
}

async function createDataset(name: string): Promise<string> {
  return (await unwrap(api.POST("/api/v1/datasets", { body: { name } }))).id;
}

/** Uploads an archive, creating its dataset if needed. Reports progress and can be stopped. */
export function useUpload(onUploaded: (datasetId: string) => void) {
  const queryClient = useQueryClient();
  const controller = useRef<AbortController | null>(null);
  // A retry after a failed upload fills the dataset created by the first attempt.
  const created = useRef<string | null>(null);
  const [progress, setProgress] = useState<UploadProgress | null>(null);

  const mutation = useMutation({
    mutationFn: async ({ datasetId, name, file }: Upload) => {
      controller.current = new AbortController();
      setProgress({ sent: 0, total: file.size });
      const id = datasetId ?? created.current ?? (await createDataset(name));
      if (datasetId === null) created.current = id;
      await uploadArchive(id, "dataset", file, setProgress, controller.current.signal);
      return id;
    },
    onSuccess: (datasetId) => {
      onUploaded(datasetId);
      return queryClient.invalidateQueries({ queryKey: ["datasets"] });
    },
    onSettled: () => {
      setProgress(null);
    },
  });

  useUnloadWarning(mutation.isPending);

  const stop = () => {
    controller.current?.abort();
  };

  return { start: mutation.mutate, stop, progress, error: mutation.error };
}
