import { useInfiniteQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { Sample } from "@/lib/client/types";

const PAGE_SIZE = 50;

/**
 * Samples of one given label without a verdict; more come as one asks. In shuffled order, because part
 * of the verified set is held out to measure, and must be a fair draw.
 */
export function useSamplesToVerify(datasetId: string, label: string) {
  const query = useInfiniteQuery({
    queryKey: ["datasets", datasetId, "samples-to-verify", label],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/samples", {
          params: {
            path: { dataset_id: datasetId },
            query: {
              label,
              reviewed: false,
              order: "shuffled",
              cursor: pageParam,
              limit: PAGE_SIZE,
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
    // The list must not move under the annotator's hands: fetched anew on each visit, and only then.
    staleTime: Infinity,
    gcTime: 0,
  });
  const samples: Sample[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return { ...query, samples };
}
