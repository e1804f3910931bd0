import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import type { Item } from "@/lib/annotate/use-annotator";
import type { Result } from "@/lib/client/types";
import type { ReviewSearch } from "@/lib/review-search";

import { byLikelihood } from "./likelihood";
import { rankingQuery } from "./queries";

const PREFETCH_DISTANCE = 15;

function toItem(result: Result, classes: readonly string[]): Item {
  return {
    sampleId: result.sample_id,
    fileName: result.file_name,
    given: result.given_label,
    suggested: result.suggested_label,
    choices: byLikelihood(classes, result.soft_label).map(({ label }) => label),
  };
}

/** The ranking as a list that grows before one comes to its end. */
export function useRanking(jobId: string, filters: ReviewSearch, classes: readonly string[]) {
  const query = useInfiniteQuery(rankingQuery(jobId, filters));
  const results = useMemo(
    () => query.data?.pages.flatMap((page) => page.items) ?? [],
    [query.data],
  );
  const items = useMemo(() => results.map((result) => toItem(result, classes)), [results, classes]);
  const total = query.data?.pages[0]?.total ?? null;
  return { ...query, results, items, total };
}

/** Fetches the next page of the ranking when the end comes near. */
export function useMoreNearEnd(
  index: number,
  { items, hasNextPage, isFetching, isError, fetchNextPage }: ReturnType<typeof useRanking>,
): void {
  const isNearEnd = index > items.length - PREFETCH_DISTANCE;
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [isNearEnd, hasNextPage, isFetching, isError, fetchNextPage]);
}
