import { useSyncExternalStore } from "react";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";
import { useUnloadWarning } from "@/lib/use-unload-warning";

import { DecisionQueue, type QueueState, type Save, type Standing } from "./decision-queue";
import { standingWord } from "./own-words";

const queues = new Map<string, DecisionQueue>();

async function post(datasetId: string, save: Save): Promise<Standing> {
  const { sampleId, verdict, label, reviewer, jobId } = save;
  await unwrap(
    api.POST("/api/v1/samples/{sample_id}/verifications", {
      params: { path: { sample_id: sampleId } },
      body: { verdict, label, reviewer, job_id: jobId },
    }),
  );
  // Only the service knows the word that stood before this tab's.
  if (verdict !== "withdrawn") return undefined;
  return standingWord(datasetId, reviewer, sampleId).catch(() => undefined);
}

/** One queue per dataset for as long as the tab lives: leaving the page stops neither saving nor undo. */
export function queueFor(datasetId: string): DecisionQueue {
  const known = queues.get(datasetId);
  if (known !== undefined) return known;
  const queue = new DecisionQueue({
    storageKey: `mslg.unsaved.${datasetId}`,
    reviewer: currentReviewer,
    send: (save) => post(datasetId, save),
  });
  // Not asked whether there is a network before each try: a service on this machine needs none.
  window.addEventListener("online", queue.retryNow);
  queues.set(datasetId, queue);
  return queue;
}

/** Wait until nothing is on its way or waiting; at once when nothing is. */
export async function whenSettled(queue: DecisionQueue): Promise<void> {
  if (queue.getState().unsaved === 0) return;
  await new Promise<void>((resolve) => {
    const leave = queue.subscribe(() => {
      if (queue.getState().unsaved > 0) return;
      leave();
      resolve();
    });
  });
}

/** The queue's state, with a warning before the tab closes on something unsaved. */
export function useQueueState(queue: DecisionQueue): QueueState {
  const state = useSyncExternalStore(queue.subscribe, queue.getState);
  useUnloadWarning(state.unsaved > 0);
  return state;
}
