import { describe, expect, it } from "vitest";

import { nextCell } from "@/components/charts/roving-cells";
import { isNew, policySentence, readBudget } from "@/features/auto-accept/api/budget";
import { toCurve } from "@/features/progress/api/curve";
import { balance } from "@/features/results/api/balance";
import type { AutoAcceptState } from "@/lib/client/types";

describe("balance", () => {
  it("converts counts to shares", () => {
    const figure = { issues: 0, mean_score: null };
    const [cat, dog] = balance(
      [
        { ...figure, label_class: "cat", given: 30, suggested: 10 },
        { ...figure, label_class: "dog", given: 10, suggested: 30 },
      ],
      { dog: 4 },
    );
    expect(cat?.shares).toEqual({ given: 0.75, suggested: 0.25, settled: 0 });
    expect(dog?.counts.settled).toBe(4);
    expect(dog?.shares.settled).toBe(1);
  });
});

describe("toCurve", () => {
  it("places each bucket at its end, per 100 decisions", () => {
    const buckets = [
      { reviewed: 25, errors: 20, expected: 15 },
      { reviewed: 10, errors: 1, expected: 2 },
    ];
    expect(toCurve({ buckets })).toEqual({
      reviewed: [25, 35],
      found: [80, 10],
      expected: [60, 20],
    });
  });
});

describe("error budget", () => {
  it.each([
    ["2", 0.02],
    ["0.1", 0.001],
    ["2.04", 0.02],
    ["50", 0.5],
    ["0", null],
    ["51", null],
    ["", null],
    ["x", null],
  ])("reads %s as %s", (percent, budget) => {
    expect(readBudget(percent)).toBe(budget);
  });

  const none = { kind: "none", max_error: null, reviewer: "Ann", created_at: "" } as const;
  const state: AutoAcceptState = {
    source: "run",
    max_error: null,
    min_confidence: 0,
    expected_error: 0.01,
    observed_error: null,
    num_samples: 1,
    policy: null,
    seen: "0",
    before: null,
    follows_policy: true,
    reviewer: null,
    created_at: null,
  };

  it("says what decides, and that nobody has chosen", () => {
    expect(policySentence(state)).toContain("Nobody has chosen yet");
    expect(policySentence({ ...state, policy: none, source: "none" })).toContain("no suggestion");
    const older = { ...state, policy: none, follows_policy: false, source: "budget" as const };
    expect(policySentence({ ...older, max_error: 0.1 })).toContain("budget of 10.0 %");
  });

  it("offers what does not hold already", () => {
    expect(isNew(state, { kind: "sign_test", max_error: null })).toBe(true);
    expect(isNew({ ...state, policy: none }, none)).toBe(false);
    expect(isNew({ ...state, policy: none, follows_policy: false }, none)).toBe(true);
    expect(isNew({ ...state, policy: none }, { kind: "budget", max_error: 0.1 })).toBe(true);
  });
});

describe("nextCell", () => {
  it("moves one cell, and stays inside the table", () => {
    const corner = { row: 0, column: 2 };
    expect(nextCell("ArrowDown", corner, 3, 3)).toEqual({ row: 1, column: 2 });
    expect(nextCell("ArrowLeft", corner, 3, 3)).toEqual({ row: 0, column: 1 });
    expect(nextCell("ArrowUp", corner, 3, 3)).toBeNull();
    expect(nextCell("ArrowRight", corner, 3, 3)).toBeNull();
    expect(nextCell("Enter", corner, 3, 3)).toBeNull();
  });
});
