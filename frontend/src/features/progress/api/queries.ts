import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";

export const progressQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "review-progress"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/review-progress", {
          params: { path: { job_id: jobId } },
          signal,
        }),
      ),
  });
