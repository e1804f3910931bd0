import { type Conflict, conflictsOf, readConflicts } from "@/lib/annotate/conflicts";
import { noteStored, seenOf } from "@/lib/annotate/seen";
import { api, unwrap } from "@/lib/client/client";
import type { BatchItem } from "@/lib/client/types";
import { toProblem } from "@/lib/problem";
import { currentReviewer } from "@/lib/reviewer";

import { type Batch, BatchQueue } from "./batch-queue";

const queues = new Map<string, BatchQueue>();

function withSeen(item: BatchItem): BatchItem {
  const seen = seenOf(item.sample_id, item.seen);
  return seen === null ? item : { ...item, seen };
}

async function post(datasetId: string, jobId: string, batch: Batch): Promise<void> {
  const { items } = await unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/verifications/batch", {
      params: { path: { dataset_id: datasetId } },
      body: { reviewer: batch.reviewer, job_id: jobId, items: batch.items.map(withSeen) },
    }),
  );
  for (const { sample_id, id } of items) noteStored(sample_id, id);
}

/** Stores a batch without the items on which somebody decided otherwise meanwhile; returns those. */
async function send(datasetId: string, jobId: string, batch: Batch): Promise<Conflict[]> {
  try {
    await post(datasetId, jobId, batch);
    return [];
  } catch (error) {
    const conflicts = readConflicts(toProblem(error), jobId);
    if (conflicts === null) throw error;
    const refused = new Set(conflicts.map(({ sampleId }) => sampleId));
    const items = batch.items.filter(({ sample_id }) => !refused.has(sample_id));
    const more = items.length === 0 ? [] : await send(datasetId, jobId, { ...batch, items });
    return [...conflicts, ...more];
  }
}

/** One queue per job for the lifetime of the tab: saving and undo continue across pages. */
export function batchQueueFor(datasetId: string, jobId: string): BatchQueue {
  const known = queues.get(jobId);
  if (known !== undefined) return known;
  const queue = new BatchQueue({
    jobId,
    storageKey: `mslg.unsaved-batches.${jobId}`,
    reviewer: currentReviewer,
    send: async (batch) => {
      const conflicts = await send(datasetId, jobId, batch);
      if (conflicts.length > 0) conflictsOf(datasetId).add(conflicts);
      return conflicts;
    },
  });
  window.addEventListener("online", queue.retryNow);
  queues.set(jobId, queue);
  return queue;
}
