import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";

export const comparisonQuery = (jobId: string, otherId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "comparison", otherId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/comparison", {
          params: { path: { job_id: jobId }, query: { with: otherId } },
          signal,
        }),
      ),
  });
