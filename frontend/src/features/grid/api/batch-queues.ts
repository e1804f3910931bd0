import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";

import { BatchQueue } from "./batch-queue";

const queues = new Map<string, BatchQueue>();

/** One queue per job for the lifetime of the tab: saving and undo continue across pages. */
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
