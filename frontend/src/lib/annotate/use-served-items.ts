import { useEffect, useMemo, useSyncExternalStore } from "react";

import { useSettledReviewer } from "@/lib/reviewer";

import type { DecisionQueue } from "./decision-queue";
import { giveBack, type QueueRequest, release, serve } from "./leases";
import { ServedList, type ServedState } from "./served-list";

/** More is asked for when so few are left. */
const PREFETCH_DISTANCE = 8;
const RENEWAL_CHECK_MS = 30_000;
/** Whoever looks at one image for longer than this has gone away. */
const PATIENCE_MS = 600_000;

export interface Served extends ServedState {
  list: ServedList;
  /** Changes whenever the list begins anew. */
  name: string;
}

/** The images that the service serves to this reviewer; given back when the page, the filters or the name change. */
export function useServedItems(
  datasetId: string,
  request: QueueRequest,
  classes: readonly string[],
  queue: DecisionQueue,
): Served {
  const reviewer = useSettledReviewer();
  const wish = JSON.stringify(request);
  const list = useMemo(
    () =>
      new ServedList({
        serve: (count, holding) =>
          serve(datasetId, classes, {
            ...(JSON.parse(wish) as QueueRequest),
            reviewer,
            count,
            holding: [...holding],
          }),
        release: () => release(datasetId, reviewer, queue),
        // While anything is on its way, all is held: that the service knows already does no harm.
        isOpen: (sampleId) => {
          const { decisions, unsaved } = queue.getState();
          return unsaved > 0 || (decisions.get(sampleId) ?? null) === null;
        },
      }),
    [datasetId, classes, wish, reviewer, queue],
  );

  useEffect(() => {
    list.open();
    return () => {
      list.close();
    };
  }, [list]);

  useEffect(() => {
    const leave = () => {
      if (queue.getState().unsaved === 0) void giveBack(datasetId, reviewer);
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
    };
  }, [datasetId, reviewer, queue]);

  const state = useSyncExternalStore(list.subscribe, list.getState);
  return { ...state, list, name: `${datasetId} ${reviewer} ${wish}` };
}

/** Asks for more before the end comes, again once the network is back, and keeps what is in hand while one works. */
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

  // Whoever has gone away gets no more time: others may have the images then.
  useEffect(() => {
    const since = Date.now();
    const timer = setInterval(() => {
      if (Date.now() - since < PATIENCE_MS) list.renew();
    }, RENEWAL_CHECK_MS);
    list.renew();
    return () => {
      clearInterval(timer);
    };
  }, [list, index]);
}
