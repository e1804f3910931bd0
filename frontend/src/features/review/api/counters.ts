/** How a review goes: what the service counted, and what was decided since. Pure. */
import type { Decision } from "@/lib/annotate/decision-queue";
import type { Result, Verdict } from "@/lib/client/types";

export interface Counters {
  reviewed: number;
  errorsFound: number;
  /** Images behind the current filters that still wait for a verdict; null while unknown. */
  remaining: number | null;
}

interface Known {
  reviewed: number;
  errorsFound: number;
  total: number | null;
}

function isError(verdict: Verdict | null): boolean {
  return verdict === "wrong" || verdict === "wrong_unknown";
}

function standingVerdict({ verdict }: Pick<Result, "verdict">): Verdict | null {
  return verdict === "withdrawn" ? null : verdict;
}

/** `results` are those loaded so far; `total` is how many the filters let through. */
export function countReview(
  known: Known,
  results: readonly Pick<Result, "sample_id" | "verdict">[],
  decisions: ReadonlyMap<string, Decision | null>,
): Counters {
  let { reviewed, errorsFound } = known;
  let settled = 0;
  for (const result of results) {
    const before = standingVerdict(result);
    const decision = decisions.get(result.sample_id);
    const now = decision === undefined ? before : (decision?.verdict ?? null);
    reviewed += Number(now !== null) - Number(before !== null);
    errorsFound += Number(isError(now)) - Number(isError(before));
    settled += Number(now !== null);
  }
  const remaining = known.total === null ? null : Math.max(0, known.total - settled);
  return { reviewed, errorsFound, remaining };
}
