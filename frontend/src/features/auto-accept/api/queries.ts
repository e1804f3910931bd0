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

/** Effect of a budget. The previous preview stays visible until the next one arrives. */
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

/** A change to auto-accept affects results, counts and exports, so all queries of the job are refreshed. */
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
