import { describe, expect, it } from "vitest";

import { countBelow } from "@/components/charts/score-histogram";

const HISTOGRAM = { edges: [0, 0.5, 1], counts: [10, 30], issue_counts: [8, 0] };

describe("countBelow", () => {
  it.each([
    [0, 0],
    [0.25, 5],
    [0.5, 10],
    [0.75, 25],
    [1, 40],
  ])("a threshold of %d lets %d through", (threshold, count) => {
    expect(countBelow(HISTOGRAM, threshold)).toBe(count);
  });
});
