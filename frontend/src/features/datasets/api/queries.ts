import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import { isFinished } from "@/lib/work";

const POLL_MS = 700;

export const datasetsQuery = infiniteQueryOptions({
  queryKey: ["datasets"],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET("/api/v1/datasets", { params: { query: { cursor: pageParam } }, signal })),
  getNextPageParam: (page) => page.next_cursor,
});

export const datasetQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === "ingesting" ? POLL_MS : false),
  });

export const ingestQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "ingest"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/ingest", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data === undefined || !isFinished(state.data.status) ? POLL_MS : false,
  });

/** The check that an empty dataset may have; 404 if nothing was uploaded. */
export const checkQuery = (datasetId: string) =>
  queryOptions({
    ...ingestQuery(datasetId),
    retry: false,
    refetchInterval: ({ state }) =>
      state.data !== undefined && !isFinished(state.data.status) ? POLL_MS : false,
  });

/** The ingests of verified images, newest first. */
export const verifiedImagesQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "verified-images"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/verified-images", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some((ingest) => !isFinished(ingest.status)) === true ? POLL_MS : false,
  });

/** The additions of images, newest first. */
export const additionsQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "additions"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/additions", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some((ingest) => !isFinished(ingest.status)) === true ? POLL_MS : false,
  });

export const rejectionsQuery = (datasetId: string) =>
  infiniteQueryOptions({
    queryKey: ["datasets", datasetId, "rejections"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/rejections", {
          params: { path: { dataset_id: datasetId }, query: { cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
