import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { isFinished } from "@/lib/work";

import { additionsQuery, verifiedImagesQuery } from "./queries";
import { useUpload } from "./use-upload";

const QUERIES = { addition: additionsQuery, verified_images: verifiedImagesQuery } as const;

/** Uploads archives of images to a dataset that is ready, and follows their ingest. */
export function useAddedArchive(datasetId: string, kind: keyof typeof QUERIES) {
  const queryClient = useQueryClient();
  const query = QUERIES[kind](datasetId);
  const ingests = useQuery(query).data?.items;
  const ingest = ingests?.[0] ?? null;

  const upload = useUpload({ kind, datasetId, datasetName: null }, () => {
    void queryClient.invalidateQueries({ queryKey: query.queryKey });
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

  return { ingest, isRunning, upload };
}
