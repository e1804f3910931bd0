/** Leases on served images: requesting and releasing them. */
import { API_ROOT, api, unwrap } from "@/lib/client/client";
import type { LeaseRequest } from "@/lib/client/types";

import type { DecisionQueue } from "./decision-queue";
import { whenSettled } from "./decision-queues";
import { servedItem } from "./item";
import type { Batch } from "./served-list";

/** A queue and its filters. */
export type QueueRequest = Omit<LeaseRequest, "reviewer" | "count" | "holding">;

/** Unsent decisions need their leases. After this wait, the leases are left to expire. */
const PATIENCE_MS = 3000;

/** Latest release by dataset. New requests wait for it, or it would release their leases too. */
const releases = new Map<string, Promise<void>>();

export async function serve(
  datasetId: string,
  classes: readonly string[],
  body: LeaseRequest,
): Promise<Batch> {
  await releases.get(datasetId);
  const { items, remaining, expires_at, seen } = await unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/leases", {
      params: { path: { dataset_id: datasetId } },
      body,
    }),
  );
  return {
    items: items.map((sample) => servedItem(sample, classes, seen)),
    remaining,
    expiresAt: Date.parse(expires_at),
  };
}

/** Release the leases without a decision. The request outlives the page. */
export async function releaseLeases(datasetId: string, reviewer: string): Promise<void> {
  const query = new URLSearchParams({ reviewer }).toString();
  const address = `${API_ROOT}/datasets/${datasetId}/leases?${query}`;
  // If the request fails, the leases expire.
  await fetch(address, { method: "DELETE", keepalive: true }).catch(() => undefined);
}

/** Release the leases without a decision, after every decision is sent. */
export function releaseWhenSaved(
  datasetId: string,
  reviewer: string,
  queue: DecisionQueue,
): Promise<void> {
  const giveUp = new Promise<"late">((resolve) => {
    setTimeout(resolve, PATIENCE_MS, "late");
  });
  const released = Promise.race([whenSettled(queue), giveUp]).then((late) =>
    late === undefined ? releaseLeases(datasetId, reviewer) : undefined,
  );
  releases.set(datasetId, released);
  return released;
}
