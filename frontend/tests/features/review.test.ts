import { describe, expect, it } from "vitest";

import { countReview } from "@/features/review/api/counters";
import { byLikelihood } from "@/lib/annotate/likelihood";
import type { Decision } from "@/lib/annotate/decision";

const KNOWN = { reviewed: 5, errorsFound: 2, remaining: 10 };
const ITEMS = ["1", "2", "3"].map((sampleId) => ({ sampleId, before: null }));

const IN_HAND = { items: ITEMS, seen: ITEMS };

describe("countReview", () => {
  it("starts from the service's counts and adds the listed images", () => {
    expect(countReview(KNOWN, IN_HAND, new Map())).toEqual({
      reviewed: 5,
      errorsFound: 2,
      remaining: 13,
    });
  });

  it("adds later decisions, but not undone ones or those on other pages", () => {
    const decisions = new Map<string, Decision | null>([
      ["1", { verdict: "wrong", label: "8" }],
      ["2", { verdict: "unsure", label: null }],
      ["3", null],
      ["99", { verdict: "wrong_unknown", label: null }],
    ]);
    expect(countReview(KNOWN, IN_HAND, decisions)).toEqual({
      reviewed: 7,
      errorsFound: 3,
      remaining: 11,
    });
  });

  it("subtracts decisions that were counted and then undone", () => {
    const before = { verdict: "wrong", label: "8" } as const;
    const decisions = new Map<string, Decision | null>([["1", null]]);
    const back = [{ sampleId: "1", before }];
    expect(countReview(KNOWN, { items: back, seen: back }, decisions)).toEqual({
      reviewed: 4,
      errorsFound: 1,
      remaining: 11,
    });
  });

  it("keeps counting when the filters change", () => {
    const decisions = new Map<string, Decision | null>([
      ["1", { verdict: "correct", label: null }],
    ]);
    const items = [{ sampleId: "9", before: null }];
    expect(countReview(KNOWN, { items, seen: [...ITEMS, ...items] }, decisions)).toEqual({
      reviewed: 6,
      errorsFound: 2,
      remaining: 11,
    });
  });

  it("keeps an unknown remainder unknown", () => {
    expect(countReview({ ...KNOWN, remaining: null }, IN_HAND, new Map()).remaining).toBeNull();
  });
});

describe("byLikelihood", () => {
  it("reads a soft label of some classes", () => {
    const likely = byLikelihood(["a", "b", "c"], [0.2, 0.8], [0, 2]);
    expect(likely.map(({ label, probability }) => [label, probability])).toEqual([
      ["c", 0.8],
      ["a", 0.2],
      ["b", 0],
    ]);
  });

  it("sorts by probability and keeps ties in order", () => {
    const likely = byLikelihood(["a", "b", "c", "d"], [0.1, 0.1, 0.7, 0.1]);
    expect(likely.map(({ label }) => label)).toEqual(["c", "a", "b", "d"]);
  });
});
