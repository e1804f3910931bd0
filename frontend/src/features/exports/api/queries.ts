import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { API_ROOT, api, unwrap } from "@/lib/client/client";
import type { ExportCreate } from "@/lib/client/types";
import { isFinished } from "@/lib/work";

const POLL_MS = 700;

/** What an export is of: the present state with the results of a job, or a named version. */
export type ExportSource = { jobId: string } | { versionId: string };

function listExports(source: ExportSource, signal: AbortSignal) {
  if ("jobId" in source) {
    const path = { job_id: source.jobId };
    return unwrap(api.GET("/api/v1/jobs/{job_id}/exports", { params: { path }, signal }));
  }
  const path = { version_id: source.versionId };
  return unwrap(api.GET("/api/v1/versions/{version_id}/exports", { params: { path }, signal }));
}

function createExport(source: ExportSource, body: ExportCreate) {
  if ("jobId" in source) {
    const path = { job_id: source.jobId };
    return unwrap(api.POST("/api/v1/jobs/{job_id}/exports", { params: { path }, body }));
  }
  const path = { version_id: source.versionId };
  return unwrap(api.POST("/api/v1/versions/{version_id}/exports", { params: { path }, body }));
}

export const exportsQuery = (source: ExportSource) =>
  queryOptions({
    queryKey: ["exports", source],
    queryFn: async ({ signal }) => (await listExports(source, signal)).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => !isFinished(status)) === true ? POLL_MS : false,
  });

export function useCreateExport(source: ExportSource) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: ExportCreate) => createExport(source, body),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: exportsQuery(source).queryKey }),
  });
}

export function exportFileUrl(exportId: string): string {
  return `${API_ROOT}/exports/${exportId}/file`;
}
