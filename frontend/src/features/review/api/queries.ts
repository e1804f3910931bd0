import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";

/** The summary as it stood when the page was opened; what is decided since is counted on top. */
export const reviewSummaryQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "review-summary"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/summary", { params: { path: { job_id: jobId } }, signal }),
      ),
    staleTime: Infinity,
    gcTime: 0,
  });
