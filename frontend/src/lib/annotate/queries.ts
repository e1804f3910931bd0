/** What the focus view shows beside an image. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";

import type { Item } from "./item";

const DETAILS_AHEAD = 3;
const STALE_MS = 60_000;

/** All that a job knows of one sample: its label by epoch and the verified images most like it. */
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

/** Asks ahead for what is shown beside the next images. */
export function usePrefetchedDetails(items: readonly Item[], index: number): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    for (const { jobId, sampleId } of items.slice(index + 1, index + 1 + DETAILS_AHEAD)) {
      if (jobId === null) continue;
      // What fails ahead is asked for again, and said, when its image is shown.
      queryClient.query(resultDetailQuery(jobId, sampleId)).catch(() => undefined);
    }
  }, [queryClient, items, index]);
}

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
