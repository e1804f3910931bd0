import { useInfiniteQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { Sample } from "@/lib/client/types";

const PAGE_SIZE = 50;

/** Samples of one given label that nobody has settled yet, in the dataset's order; more come as one asks. */
export function useSamplesToVerify(datasetId: string, label: string) {
  const query = useInfiniteQuery({
    queryKey: ["datasets", datasetId, "samples-to-verify", label],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/samples", {
          params: {
            path: { dataset_id: datasetId },
            query: { label, cursor: pageParam, limit: PAGE_SIZE },
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
  return { ...query, samples: samples.filter(({ verdict }) => verdict === null) };
}
