import { queryOptions } from "@tanstack/react-query";

import { API_ROOT } from "@/lib/client/client";
import { ApiProblem, readProblem } from "@/lib/problem";

import { type MapPoints, readPoints } from "./points";

async function fetchPoints(jobId: string, signal: AbortSignal): Promise<MapPoints> {
  const response = await fetch(`${API_ROOT}/jobs/${jobId}/map`, { signal });
  if (response.ok) return readPoints(await response.arrayBuffer());
  throw new ApiProblem(readProblem(response.status, await response.json().catch(() => null)));
}

/** The map of a job's samples. Fetched once per visit: points must not change while somebody selects. */
export const mapQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "map"],
    queryFn: ({ signal }) => fetchPoints(jobId, signal),
    staleTime: 60_000,
    structuralSharing: false,
  });
