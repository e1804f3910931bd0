import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { SourceCreate } from "@/lib/client/types";

export type SourceFields = Pick<SourceCreate, "address"> & Partial<SourceCreate>;

const DEFAULTS = {
  choices: {},
  credentials: null,
  delivery: "proxied",
  dry_run: true,
  endpoint: "aws",
  region: "us-east-1",
} as const;

async function create(name: string, fields: SourceFields): Promise<string> {
  const { id } = await unwrap(api.POST("/api/v1/datasets", { body: { name } }));
  const params = { path: { dataset_id: id } };
  try {
    const body = { ...DEFAULTS, ...fields };
    await unwrap(api.PUT("/api/v1/datasets/{dataset_id}/source", { params, body }));
  } catch (error) {
    // Nothing was read: leave no empty dataset behind.
    await api.DELETE("/api/v1/datasets/{dataset_id}", { params });
    throw error;
  }
  return id;
}

/** Creates a dataset of a source, beginning with a check of it. */
export function useNewSource(onCreated: (datasetId: string) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ name, fields }: { name: string; fields: SourceFields }) => create(name, fields),
    onSuccess: (datasetId) => {
      void queryClient.invalidateQueries({ queryKey: ["datasets"] });
      onCreated(datasetId);
    },
  });
}
