import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { useUnloadWarning } from "@/lib/use-unload-warning";
import { isFinished } from "@/lib/work";

import { verifiedImagesQuery } from "./queries";
import { uploadArchive, type UploadProgress } from "./upload";

/** Uploads archives of verified images to a dataset, and follows their ingest. */
export function useVerifiedImages(datasetId: string) {
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const query = verifiedImagesQuery(datasetId);
  const ingest = useQuery(query).data?.items[0] ?? null;

  const upload = useMutation({
    mutationFn: (file: File) => {
      setProgress({ sent: 0, total: file.size });
      return uploadArchive(
        datasetId,
        "verifiedImages",
        file,
        setProgress,
        new AbortController().signal,
      );
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: query.queryKey }),
    onSettled: () => {
      setProgress(null);
    },
  });

  // The counts of the dataset and of its verified set change when the ingest ends.
  const isRunning = ingest !== null && !isFinished(ingest.status);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !isRunning) {
      void queryClient.invalidateQueries({ queryKey: ["datasets", datasetId] });
    }
    wasRunning.current = isRunning;
  }, [isRunning, datasetId, queryClient]);

  useUnloadWarning(upload.isPending);

  return { ingest, isRunning, progress, upload };
}
