import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { ImageSearch } from "@/lib/image-search";

const PAGE = 120;

/** All images of a dataset that match, in its order. */
export const imagesQuery = (datasetId: string, filters: ImageSearch) =>
  infiniteQueryOptions({
    queryKey: ["datasets", datasetId, "images", filters],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/samples", {
          params: {
            path: { dataset_id: datasetId },
            query: { ...filters, cursor: pageParam, limit: PAGE },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

export const sampleQuery = (sampleId: string) =>
  queryOptions({
    queryKey: ["samples", sampleId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/samples/{sample_id}", {
          params: { path: { sample_id: sampleId } },
          signal,
        }),
      ),
  });

/** Every decision about an image, oldest first. */
export const historyQuery = (sampleId: string) =>
  queryOptions({
    queryKey: ["samples", sampleId, "verifications"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/samples/{sample_id}/verifications", {
          params: { path: { sample_id: sampleId } },
          signal,
        }),
      ),
  });

/** The newest job with results; null without one. */
export const newestJobQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["jobs", { datasetId }, "newest"],
    queryFn: async ({ signal }) => {
      const { items } = await unwrap(
        api.GET("/api/v1/jobs", { params: { query: { dataset_id: datasetId } }, signal }),
      );
      return items.find(({ status }) => status === "succeeded") ?? null;
    },
  });
