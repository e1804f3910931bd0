import { describe, expect, it } from "vitest";

import { countReview } from "@/features/review/api/counters";
import { byLikelihood } from "@/features/review/api/likelihood";
import type { Decision } from "@/lib/annotate/decision-queue";

const KNOWN = { reviewed: 5, errorsFound: 2, total: 10 };
const RESULTS = [
  { sample_id: "1", verdict: null },
  { sample_id: "2", verdict: null },
  { sample_id: "3", verdict: "wrong" as const },
];

describe("countReview", () => {
  it("starts from what the service counted", () => {
    expect(countReview(KNOWN, RESULTS, new Map())).toEqual({
      reviewed: 5,
      errorsFound: 2,
      remaining: 9,
    });
  });

  it("adds what was decided since, and takes off what was undone", () => {
    const decisions = new Map<string, Decision | null>([
      ["1", { verdict: "wrong", label: "8" }],
      ["2", { verdict: "unsure", label: null }],
      ["3", null],
    ]);
    expect(countReview(KNOWN, RESULTS, decisions)).toEqual({
      reviewed: 6,
      errorsFound: 2,
      remaining: 8,
    });
  });

  it("does not guess what remains", () => {
    expect(countReview({ ...KNOWN, total: null }, RESULTS, new Map()).remaining).toBeNull();
  });
});

describe("byLikelihood", () => {
  it("puts the most likely class first and keeps ties in order", () => {
    const likely = byLikelihood(["a", "b", "c", "d"], [0.1, 0.1, 0.7, 0.1]);
    expect(likely.map(({ label }) => label)).toEqual(["c", "a", "b", "d"]);
  });
});
