import { useSyncExternalStore } from "react";

import type { QueueState } from "@/lib/annotate/decision-queue";
import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";
import { useUnloadWarning } from "@/lib/use-unload-warning";

import { BatchQueue } from "./batch-queue";

const queues = new Map<string, BatchQueue>();

/** One queue per job for as long as the tab lives: leaving the page stops neither saving nor undo. */
export function batchQueueFor(datasetId: string, jobId: string): BatchQueue {
  const known = queues.get(jobId);
  if (known !== undefined) return known;
  const queue = new BatchQueue({
    jobId,
    storageKey: `mslg.unsaved-batches.${jobId}`,
    reviewer: currentReviewer,
    send: async ({ reviewer, items }) => {
      await unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/verifications/batch", {
          params: { path: { dataset_id: datasetId } },
          body: { reviewer, job_id: jobId, items: [...items] },
        }),
      );
    },
  });
  window.addEventListener("online", queue.retryNow);
  queues.set(jobId, queue);
  return queue;
}

/** The queue's state, with a warning before the tab closes on something unsaved. */
export function useBatchState(queue: BatchQueue): QueueState {
  const state = useSyncExternalStore(queue.subscribe, queue.getState);
  useUnloadWarning(state.unsaved > 0);
  return state;
}
