import { useSyncExternalStore } from "react";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";
import { useUnloadWarning } from "@/lib/use-unload-warning";

import { DecisionQueue, type QueueState, type Save } from "./decision-queue";

/** What is being annotated: a dataset's samples, or the ranking of one of its jobs. */
export type Scope = { datasetId: string } | { jobId: string };

const queues = new Map<string, DecisionQueue>();

async function post(save: Save, jobId: string | null): Promise<void> {
  const { sampleId, verdict, label, reviewer } = save;
  await unwrap(
    api.POST("/api/v1/samples/{sample_id}/verifications", {
      params: { path: { sample_id: sampleId } },
      body: { verdict, label, reviewer, job_id: jobId },
    }),
  );
}

/** One queue per scope for as long as the tab lives: leaving the page stops neither saving nor undo. */
export function queueFor(scope: Scope): DecisionQueue {
  const jobId = "jobId" in scope ? scope.jobId : null;
  const storageKey = `mslg.unsaved.${"jobId" in scope ? scope.jobId : scope.datasetId}`;
  const known = queues.get(storageKey);
  if (known !== undefined) return known;
  const queue = new DecisionQueue({
    storageKey,
    reviewer: currentReviewer,
    send: (save) => post(save, jobId),
  });
  queues.set(storageKey, queue);
  return queue;
}

/** The queue's state, with a warning before the tab closes on something unsaved. */
export function useQueueState(queue: DecisionQueue): QueueState {
  const state = useSyncExternalStore(queue.subscribe, queue.getState);
  useUnloadWarning(state.unsaved > 0);
  return state;
}
