import { describe, expect, it } from "vitest";

import { describeTrajectory, pathOf } from "@/lib/annotate/trajectory";

const POINTS = [
  { given: 0.9, suggested: 0.05 },
  { given: 0.4, suggested: 0.5 },
  { given: 0.1, suggested: 0.85 },
];

describe("pathOf", () => {
  it("runs from left to right, with certainty at the top", () => {
    expect(pathOf([0, 0.5, 1], 200, 50)).toBe("M0.0 50.0L100.0 25.0L200.0 0.0");
    expect(pathOf([1], 200, 50)).toBe("M0.0 0.0");
  });
});

describe("describeTrajectory", () => {
  it("gives first and last probability of both classes", () => {
    expect(describeTrajectory(POINTS, "3", "8")).toBe(
      "Over 3 epochs: given 3 from 90 % to 10 %, suggested 8 from 5 % to 85 %.",
    );
  });

  it("gives one class when the suggestion is the given label", () => {
    expect(describeTrajectory(POINTS, "3", "3")).toBe("Over 3 epochs: given 3 from 90 % to 10 %.");
  });
});
