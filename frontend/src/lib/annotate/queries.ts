/** Queries for the panels beside an image. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";

import type { Item } from "./item";

const DETAILS_AHEAD = 3;
const STALE_MS = 60_000;

/** A job's result for one sample, with prediction history and nearest verified images. */
export const resultDetailQuery = (jobId: string, sampleId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "results", sampleId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/results/{sample_id}", {
          params: { path: { job_id: jobId, sample_id: sampleId } },
          signal,
        }),
      ),
    staleTime: STALE_MS,
  });

/** Prefetches the result details of the next images. */
export function usePrefetchedDetails(items: readonly Item[], index: number): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    for (const { jobId, sampleId } of items.slice(index + 1, index + 1 + DETAILS_AHEAD)) {
      if (jobId === null) continue;
      // A failed prefetch is repeated, and its error shown, with the image.
      queryClient.query(resultDetailQuery(jobId, sampleId)).catch(() => undefined);
    }
  }, [queryClient, items, index]);
}

/** What the other columns of the user's table say of one sample. */
export const metadataQuery = (sampleId: string) =>
  queryOptions({
    queryKey: ["samples", sampleId, "metadata"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/samples/{sample_id}/metadata", {
          params: { path: { sample_id: sampleId } },
          signal,
        }),
      ),
    staleTime: STALE_MS,
  });

export const commentsQuery = (sampleId: string) =>
  queryOptions({
    queryKey: ["samples", sampleId, "comments"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/samples/{sample_id}/comments", {
          params: { path: { sample_id: sampleId } },
          signal,
        }),
      ),
  });

export function useAddComment(sampleId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      unwrap(
        api.POST("/api/v1/samples/{sample_id}/comments", {
          params: { path: { sample_id: sampleId } },
          body: { text, reviewer: currentReviewer() },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: commentsQuery(sampleId).queryKey }),
  });
}
