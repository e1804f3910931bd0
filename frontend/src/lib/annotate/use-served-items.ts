import { useEffect, useMemo, useSyncExternalStore } from "react";

import { useSettledReviewer } from "@/lib/reviewer";

import type { DecisionQueue } from "./decision-queue";
import { releaseLeases, type QueueRequest, releaseWhenSaved, serve } from "./leases";
import { ServedList, type ServedState } from "./served-list";

/** More images are requested when this few are left. */
const PREFETCH_DISTANCE = 8;
const RENEWAL_CHECK_MS = 30_000;
/** A reviewer who stays on one image for longer is considered away. */
const AWAY_MS = 600_000;

export interface Served extends ServedState {
  list: ServedList;
  /** Identifies the list; changes when it starts over. */
  name: string;
}

/** Images leased to this reviewer; released when the page, the filters or the name change. */
export function useServedItems(
  datasetId: string,
  request: QueueRequest,
  classes: readonly string[],
  queue: DecisionQueue,
): Served {
  const reviewer = useSettledReviewer();
  const requestKey = JSON.stringify(request);
  const list = useMemo(
    () =>
      new ServedList({
        serve: (count, holding) =>
          serve(datasetId, classes, {
            ...(JSON.parse(requestKey) as QueueRequest),
            reviewer,
            count,
            holding: [...holding],
          }),
        release: () => releaseWhenSaved(datasetId, reviewer, queue),
        // Hold everything while a save is pending; holding a decided sample is harmless.
        isOpen: (sampleId) => {
          const { decisions, unsaved } = queue.getState();
          return unsaved > 0 || (decisions.get(sampleId) ?? null) === null;
        },
      }),
    [datasetId, classes, requestKey, reviewer, queue],
  );

  useEffect(() => {
    list.open();
    return () => {
      list.close();
    };
  }, [list]);

  useEffect(() => {
    const leave = () => {
      if (queue.getState().unsaved === 0) void releaseLeases(datasetId, reviewer);
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
    };
  }, [datasetId, reviewer, queue]);

  const state = useSyncExternalStore(list.subscribe, list.getState);
  return { ...state, list, name: `${datasetId} ${reviewer} ${requestKey}` };
}

/** Requests more images before the list ends, retries when back online, and renews the leases of an active reviewer. */
export function useSupply({ list, items, isExhausted, error }: Served, index: number): void {
  const isLow = index > items.length - PREFETCH_DISTANCE;
  useEffect(() => {
    if (isLow && items.length > 0 && !isExhausted && error === null) void list.more();
  }, [list, isLow, items.length, isExhausted, error]);

  useEffect(() => {
    const onOnline = () => {
      if (list.getState().error !== null) void list.more();
    };
    window.addEventListener("online", onOnline);
    return () => {
      window.removeEventListener("online", onOnline);
    };
  }, [list]);

  // Stop renewing when the reviewer is away, so that others get the images.
  useEffect(() => {
    const since = Date.now();
    const timer = setInterval(() => {
      if (Date.now() - since < AWAY_MS) list.renew();
    }, RENEWAL_CHECK_MS);
    list.renew();
    return () => {
      clearInterval(timer);
    };
  }, [list, index]);
}
