import { useSyncExternalStore } from "react";

import { api, unwrap } from "@/lib/client/client";
import { currentReviewer } from "@/lib/reviewer";
import { useUnloadWarning } from "@/lib/use-unload-warning";

import { conflictsOf } from "./conflicts";
import { DecisionQueue, type QueueState, type Save, type ActiveDecision } from "./decision-queue";
import { activeDecision } from "./own-decisions";
import { useFreshCounts } from "./use-fresh-counts";
import { noteStored, seenOf } from "./seen";

const queues = new Map<string, DecisionQueue>();

async function post(datasetId: string, save: Save): Promise<ActiveDecision> {
  const { sampleId, verdict, label, reviewer, jobId } = save;
  const seen = seenOf(sampleId, save.seen);
  const { id } = await unwrap(
    api.POST("/api/v1/samples/{sample_id}/verifications", {
      params: { path: { sample_id: sampleId } },
      body: { verdict, label, reviewer, job_id: jobId, ...(seen !== null && { seen }) },
    }),
  );
  noteStored(sampleId, id);
  // Only the service knows the decision before this tab's.
  if (verdict !== "withdrawn") return undefined;
  return activeDecision(datasetId, reviewer, sampleId).catch(() => undefined);
}

/** One queue per dataset for the lifetime of the tab: saving and undo continue across pages. */
export function queueFor(datasetId: string): DecisionQueue {
  const known = queues.get(datasetId);
  if (known !== undefined) return known;
  const queue = new DecisionQueue({
    storageKey: `mslg.unsaved.${datasetId}`,
    reviewer: currentReviewer,
    send: (save) => post(datasetId, save),
    onConflict: (conflicts) => {
      conflictsOf(datasetId).add(conflicts);
    },
  });
  // Retries do not check navigator.onLine: a local service needs no network.
  window.addEventListener("online", queue.retryNow);
  queues.set(datasetId, queue);
  return queue;
}

/** Resolves when every decision is sent. */
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

type Queue = Pick<DecisionQueue, "subscribe" | "getState">;

/** The queue's state. Warns before the tab closes while decisions are unsaved. */
export function useQueueState(queue: Queue): QueueState {
  const state = useSyncExternalStore(queue.subscribe, queue.getState);
  useUnloadWarning(state.unsaved > 0);
  useFreshCounts(state.saved);
  return state;
}
