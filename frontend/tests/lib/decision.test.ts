import { describe, expect, it } from "vitest";

import { decisionForLabel, describeDecision } from "@/lib/annotate/decision";

describe("decisionForLabel", () => {
  it("is correct for the given label, else wrong", () => {
    expect(decisionForLabel("cat", "cat")).toEqual({ verdict: "correct", label: null });
    expect(decisionForLabel("dog", "cat")).toEqual({ verdict: "wrong", label: "dog" });
  });
});

describe("describeDecision", () => {
  it.each([
    ["correct", null, "cat is correct"],
    ["wrong", "dog", "cat → dog"],
    ["wrong_unknown", null, "cat is wrong, class unknown"],
    ["unsure", null, "unsure"],
    ["unusable", null, "unusable"],
    ["withdrawn", null, "undone"],
  ] as const)("%s %s: %s", (verdict, label, text) => {
    expect(describeDecision({ verdict, label }, "cat")).toBe(text);
  });
});
