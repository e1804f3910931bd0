/** Review counters: the service's counts plus the decisions made on this page since. Pure. */
import type { Decision } from "@/lib/annotate/decision";
import type { Item } from "@/lib/annotate/item";

export interface Counters {
  reviewed: number;
  errorsFound: number;
  /** Filtered images without a decision; null while unknown. */
  remaining: number | null;
}

interface Known {
  reviewed: number;
  errorsFound: number;
  /** Images in the queue beyond `items`. */
  remaining: number | null;
}

function isError(decision: Decision | null): boolean {
  return decision?.verdict === "wrong" || decision?.verdict === "wrong_unknown";
}

type Shown = Pick<Item, "sampleId" | "before">;

/** `items`: the current list. `seen`: the items of all lists of this page. */
export function countReview(
  known: Known,
  { items, seen }: { items: readonly Shown[]; seen: readonly Shown[] },
  decisions: ReadonlyMap<string, Decision | null>,
): Counters {
  let { reviewed, errorsFound } = known;
  for (const { sampleId, before } of seen) {
    const now = decisions.get(sampleId) ?? null;
    reviewed += Number(now !== null) - Number(before !== null);
    errorsFound += Number(isError(now)) - Number(isError(before));
  }
  const open = items.filter(({ sampleId }) => (decisions.get(sampleId) ?? null) === null).length;
  const remaining = known.remaining === null ? null : known.remaining + open;
  return { reviewed, errorsFound, remaining };
}
