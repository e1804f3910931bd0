import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import { isFinished } from "@/lib/work";

const POLL_MS = 3000;

export const jobsQuery = (datasetId: string) =>
  infiniteQueryOptions({
    queryKey: ["jobs", { datasetId }],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/jobs", {
          params: { query: { dataset_id: datasetId, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) => {
      const jobs = state.data?.pages.flatMap((page) => page.items) ?? [];
      return jobs.some((job) => !isFinished(job.status)) ? POLL_MS : false;
    },
  });

/** The pretrained networks that a job can use. */
export const weightsQuery = () =>
  queryOptions({
    queryKey: ["weights"],
    queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/weights", { signal }))).items,
  });

/** A job; polled slowly while it runs, as a fallback for the event stream. */
export const jobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: jobId } }, signal })),
    refetchInterval: ({ state }) =>
      state.data !== undefined && !isFinished(state.data.status) ? POLL_MS : false,
  });

export const epochsQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "epochs"],
    queryFn: async ({ signal }) => {
      const path = { job_id: jobId };
      return (await unwrap(api.GET("/api/v1/jobs/{job_id}/epochs", { params: { path }, signal })))
        .items;
    },
  });
