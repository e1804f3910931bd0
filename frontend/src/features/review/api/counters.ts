/** How a review goes: what the service counted, and what was decided on this page since. Pure. */
import type { Decision } from "@/lib/annotate/decision-queue";
import type { Item } from "@/lib/annotate/item";

export interface Counters {
  reviewed: number;
  errorsFound: number;
  /** Images behind the current filters that still wait for a verdict; null while unknown. */
  remaining: number | null;
}

interface Known {
  reviewed: number;
  errorsFound: number;
  /** How many wait besides `items`. */
  remaining: number | null;
}

export function countReview(
  known: Known,
  items: readonly Pick<Item, "sampleId">[],
  decisions: ReadonlyMap<string, Decision | null>,
): Counters {
  const decided = items.flatMap(({ sampleId }) => decisions.get(sampleId) ?? []);
  const errors = decided.filter(
    ({ verdict }) => verdict === "wrong" || verdict === "wrong_unknown",
  );
  return {
    reviewed: known.reviewed + decided.length,
    errorsFound: known.errorsFound + errors.length,
    remaining: known.remaining === null ? null : known.remaining + items.length - decided.length,
  };
}
