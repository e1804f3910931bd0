/** Where served images come from, and how they are given back. */
import { API_ROOT, api, unwrap } from "@/lib/client/client";
import type { LeaseRequest } from "@/lib/client/types";

import type { DecisionQueue } from "./decision-queue";
import { whenSettled } from "./decision-queues";
import { servedItem } from "./item";
import type { Batch } from "./served-list";

/** Which queue, behind which filters. */
export type QueueRequest = Omit<LeaseRequest, "reviewer" | "count" | "holding">;

/** An answer that is still on its way needs its lease; what cannot be sent soon leaves it to expire. */
const PATIENCE_MS = 3000;

/** Per dataset the latest giving back: nothing is asked for before it is done, or that would be given back too. */
const releases = new Map<string, Promise<void>>();

export async function serve(
  datasetId: string,
  classes: readonly string[],
  body: LeaseRequest,
): Promise<Batch> {
  await releases.get(datasetId);
  const { items, remaining, expires_at } = await unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/leases", {
      params: { path: { dataset_id: datasetId } },
      body,
    }),
  );
  return {
    items: items.map((sample) => servedItem(sample, classes)),
    remaining,
    expiresAt: Date.parse(expires_at),
  };
}

/** Give back at once what was not answered. The request outlives the page. */
export async function giveBack(datasetId: string, reviewer: string): Promise<void> {
  const query = new URLSearchParams({ reviewer }).toString();
  const address = `${API_ROOT}/datasets/${datasetId}/leases?${query}`;
  // What does not arrive expires.
  await fetch(address, { method: "DELETE", keepalive: true }).catch(() => undefined);
}

/** Give back what was not answered, once every answer has arrived. */
export function release(datasetId: string, reviewer: string, queue: DecisionQueue): Promise<void> {
  const giveUp = new Promise<"late">((resolve) => {
    setTimeout(resolve, PATIENCE_MS, "late");
  });
  const released = Promise.race([whenSettled(queue), giveUp]).then((late) =>
    late === undefined ? giveBack(datasetId, reviewer) : undefined,
  );
  releases.set(datasetId, released);
  return released;
}
