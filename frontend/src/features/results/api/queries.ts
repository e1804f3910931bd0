import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";

export const summaryQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "summary"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/summary", { params: { path: { job_id: jobId } }, signal }),
      ),
  });
