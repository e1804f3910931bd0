import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { API_ROOT, api, unwrap } from "@/lib/client/client";
import type { UploadOutcome } from "@/lib/client/types";
import { ApiProblem, readProblem } from "@/lib/problem";

export const verifiedSetQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "verified-set"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/verified-set", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });

function mediaType(file: File): string {
  if (/\.(jsonl|ndjson)$/i.test(file.name)) return "application/jsonl";
  if (/\.parquet$/i.test(file.name)) return "application/vnd.apache.parquet";
  return /\.tsv$/i.test(file.name) ? "text/tab-separated-values" : "text/csv";
}

async function uploadVerifications(datasetId: string, file: File): Promise<UploadOutcome> {
  const response = await fetch(`${API_ROOT}/datasets/${datasetId}/verifications`, {
    method: "POST",
    headers: { "Content-Type": mediaType(file) },
    body: file,
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiProblem(readProblem(response.status, body));
  return body as UploadOutcome;
}

/** Uploads a table of verified labels. The service stores all lines or none. */
export function useUploadVerifications(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => uploadVerifications(datasetId, file),
    onSuccess: ({ verified_set }) => {
      queryClient.setQueryData(verifiedSetQuery(datasetId).queryKey, verified_set);
    },
  });
}
