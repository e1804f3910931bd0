import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import { isFinished } from "@/lib/work";

const POLL_MS = 700;

/** Folders and endpoints that the service may read. */
export const sourceOptionsQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/sources", { signal })),
});

/** The folders in a folder, given by its address. */
export const foldersQuery = (address: string) =>
  queryOptions({
    queryKey: ["sources", "folders", address],
    queryFn: ({ signal }) => {
      const [root = "", ...parts] = address.replace(/^folder:/, "").split("/");
      const query = { root, path: parts.join("/") };
      return unwrap(api.GET("/api/v1/sources/folders", { params: { query }, signal }));
    },
    retry: false,
  });

/** The source of a dataset and its latest check. */
export const sourceQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "source"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/source", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.check != null && !isFinished(state.data.check.status) ? POLL_MS : false,
  });
