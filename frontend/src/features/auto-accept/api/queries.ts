import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { AcceptanceKind } from "@/lib/client/types";
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

/** A choice affects results, counts and exports of every job that follows it, so all their queries are refreshed. */
function useAutoAcceptChange<Input>(change: (input: Input) => Promise<unknown>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Also after a conflict: then another choice holds.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export interface Choice {
  kind: AcceptanceKind;
  max_error: number | null;
  /** Of the state that the person saw. */
  seen: string;
}

export function useChoosePolicy(jobId: string) {
  return useAutoAcceptChange(({ kind, max_error, seen }: Choice) =>
    unwrap(
      api.PUT("/api/v1/jobs/{job_id}/auto-accept", {
        params: { path: { job_id: jobId } },
        body: { policy: kind, max_error, reviewer: currentReviewer(), seen },
      }),
    ),
  );
}

export function useUndoPolicy(jobId: string) {
  return useAutoAcceptChange((seen: string) =>
    unwrap(
      api.DELETE("/api/v1/jobs/{job_id}/auto-accept", {
        params: { path: { job_id: jobId }, query: { reviewer: currentReviewer(), seen } },
      }),
    ),
  );
}
