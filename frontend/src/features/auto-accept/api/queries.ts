import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";

export const autoAcceptQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "auto-accept"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/auto-accept", {
          params: { path: { job_id: jobId } },
          signal,
        }),
      ),
  });

/** What a budget would do; the previous answer stays in sight until the next one is here. */
export const previewQuery = (jobId: string, maxError: number) =>
  queryOptions({
    queryKey: ["jobs", jobId, "auto-accept", "preview", maxError],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/auto-accept/preview", {
          params: { path: { job_id: jobId }, query: { max_error: maxError } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** Applying and reverting change results, counts and exports: all that is known of the job is asked for anew. */
function useAutoAcceptChange<Input>(jobId: string, change: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["jobs", jobId] }),
  });
}

export function useApplyBudget(jobId: string) {
  return useAutoAcceptChange(jobId, (maxError: number) =>
    unwrap(
      api.PUT("/api/v1/jobs/{job_id}/auto-accept", {
        params: { path: { job_id: jobId } },
        body: { max_error: maxError, reviewer: currentReviewer() },
      }),
    ),
  );
}

export function useRevertBudget(jobId: string) {
  return useAutoAcceptChange(jobId, () =>
    unwrap(
      api.DELETE("/api/v1/jobs/{job_id}/auto-accept", {
        params: { path: { job_id: jobId }, query: { reviewer: currentReviewer() } },
      }),
    ),
  );
}
