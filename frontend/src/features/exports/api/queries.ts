import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { API_ROOT, api, unwrap } from "@/lib/client/client";
import type { ExportCreate } from "@/lib/client/types";
import { isFinished } from "@/lib/work";

const POLL_MS = 700;

export const exportsQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "exports"],
    queryFn: async ({ signal }) => {
      const path = { job_id: jobId };
      return (await unwrap(api.GET("/api/v1/jobs/{job_id}/exports", { params: { path }, signal })))
        .items;
    },
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => !isFinished(status)) === true ? POLL_MS : false,
  });

export function useCreateExport(jobId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: ExportCreate) =>
      unwrap(
        api.POST("/api/v1/jobs/{job_id}/exports", {
          params: { path: { job_id: jobId } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: exportsQuery(jobId).queryKey }),
  });
}

export function exportFileUrl(exportId: string): string {
  return `${API_ROOT}/exports/${exportId}/file`;
}
