import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { useUnloadWarning } from "@/lib/use-unload-warning";
import { isFinished } from "@/lib/work";

import { additionsQuery, verifiedImagesQuery } from "./queries";
import { uploadArchive, type UploadProgress } from "./upload";

const QUERIES = { additions: additionsQuery, verifiedImages: verifiedImagesQuery } as const;

/** Uploads archives of images to a dataset that is ready, and follows their ingest. */
export function useAddedArchive(datasetId: string, kind: keyof typeof QUERIES) {
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const query = QUERIES[kind](datasetId);
  const ingests = useQuery(query).data?.items;
  const ingest = ingests?.[0] ?? null;

  const upload = useMutation({
    mutationFn: (file: File) => {
      setProgress({ sent: 0, total: file.size });
      return uploadArchive(datasetId, kind, file, setProgress, new AbortController().signal);
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: query.queryKey }),
    onSettled: () => {
      setProgress(null);
    },
  });

  const isRunning = ingest !== null && !isFinished(ingest.status);

  // The counts of the dataset and of its verified set change when an ingest ends. A short one
  // ends before it was ever seen running, so the newest finished one is compared.
  const finished = ingests && (ingests.find(({ status }) => isFinished(status))?.id ?? null);
  const lastFinished = useRef(finished);
  useEffect(() => {
    if (lastFinished.current !== undefined && finished !== lastFinished.current) {
      void queryClient.invalidateQueries({ queryKey: ["datasets", datasetId] });
    }
    lastFinished.current = finished;
  }, [finished, datasetId, queryClient]);

  useUnloadWarning(upload.isPending);

  return { ingest, isRunning, progress, upload };
}
