import { describe, expect, it } from "vitest";

import { classesToDraw, counter, mostConfused } from "@/features/results/api/confusion";
import type { JobSummary } from "@/lib/client/types";
import { searchClasses } from "@/lib/annotate/search-classes";

const SUMMARY: JobSummary = {
  num_samples: 0,
  num_issues: 0,
  auto_accept: false,
  auto_accept_reason: "",
  histogram: { edges: [], counts: [], issue_counts: [] },
  per_class: [],
  holdout: { given_accuracy: null, suggestion_accuracy: null, corrected_accuracy: null },
  classes: ["cat", "dog", "fox"],
  class_order: [0, 1, 2],
  confusion: [
    [90, 0, 1],
    [2, 80, 9],
    [0, 4, 70],
  ],
  reviewed: 0,
  errors_found: 0,
};

describe("mostConfused", () => {
  it("lists off-diagonal pairs, largest first", () => {
    expect(mostConfused(SUMMARY, 2)).toEqual([
      { given: "dog", suggested: "fox", count: 9 },
      { given: "fox", suggested: "dog", count: 4 },
    ]);
  });
});

describe("classesToDraw", () => {
  it("keeps all classes that fit, or the most confused ones in order", () => {
    expect(classesToDraw(SUMMARY, 3)).toEqual([0, 1, 2]);
    expect(classesToDraw(SUMMARY, 2)).toEqual([1, 2]);
  });
});

describe("with many classes", () => {
  const many: JobSummary = {
    ...SUMMARY,
    confusion: [],
    confusions: [
      { given: "dog", suggested: "fox", count: 9 },
      { given: "fox", suggested: "dog", count: 4 },
    ],
  };
  it("counts the listed pairs", () => {
    expect(mostConfused(many, 1)).toEqual([{ given: "dog", suggested: "fox", count: 9 }]);
    expect(classesToDraw(many, 2)).toEqual([1, 2]);
    expect(counter(many)(1, 2)).toBe(9);
    expect(counter(many)(0, 2)).toBe(0);
    expect(counter(SUMMARY)(1, 2)).toBe(9);
  });
});

describe("searchClasses", () => {
  it("puts prefix matches first", () => {
    expect(searchClasses(["hot dog", "Dog", "cat"], "dog")).toEqual(["Dog", "hot dog"]);
    expect(searchClasses(["b", "a"], "")).toEqual(["b", "a"]);
  });
});
