/** Errors found by the review, as a curve. Pure. */
import type { ReviewProgress } from "@/lib/client/types";

export interface Curve {
  /** Decisions made up to the end of each bucket. */
  reviewed: number[];
  /** Errors per 100 decisions of the bucket: found, and expected by the job. */
  found: number[];
  expected: number[];
}

export function toCurve({ buckets }: Pick<ReviewProgress, "buckets">): Curve {
  const curve: Curve = { reviewed: [], found: [], expected: [] };
  let total = 0;
  for (const { reviewed, errors, expected } of buckets) {
    if (reviewed === 0) continue;
    total += reviewed;
    curve.reviewed.push(total);
    curve.found.push((100 * errors) / reviewed);
    curve.expected.push((100 * expected) / reviewed);
  }
  return curve;
}
