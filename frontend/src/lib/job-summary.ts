import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { JobSummary } from "@/lib/client/types";

function fetchSummary(jobId: string, signal: AbortSignal): Promise<JobSummary> {
  return unwrap(
    api.GET("/api/v1/jobs/{job_id}/summary", { params: { path: { job_id: jobId } }, signal }),
  );
}

/** Names of the classes that can be given, in the chosen order. */
export function choicesOf({ classes, class_order }: JobSummary): readonly string[] {
  return class_order.map((index) => classes[index] ?? "");
}

export const summaryQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "summary"],
    queryFn: ({ signal }) => fetchSummary(jobId, signal),
  });

/** The summary at the moment the page was opened: the page itself counts later decisions. */
export const initialSummaryQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "initial-summary"],
    queryFn: ({ signal }) => fetchSummary(jobId, signal),
    staleTime: Infinity,
    gcTime: 0,
  });
