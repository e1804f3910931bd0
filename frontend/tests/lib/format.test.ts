import { describe, expect, it } from "vitest";

import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatPlural,
  formatScore,
  secondsBetween,
} from "@/lib/format";

describe("numbers", () => {
  it("groups thousands", () => {
    expect(formatCount(1797)).toBe("1,797");
  });

  it("picks singular and plural", () => {
    expect(formatPlural(1, "image")).toBe("1 image");
    expect(formatPlural(0, "class", "classes")).toBe("0 classes");
  });

  it("shows shares, scores and intervals", () => {
    expect(formatPercent(0.9394)).toBe("93.9 %");
    expect(formatScore(0.1)).toBe("0.100");
    expect(formatInterval({ value: 0.939, low: 0.803, high: 0.983, n: 33 })).toBe(
      "93.9 % (80.3–98.3, n = 33)",
    );
  });
});

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [1_834_221, "1.8 MB"],
    [999_600, "1.0 MB"],
    [250_000_000_000, "250 GB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("durations", () => {
  it.each([
    [-1, "0 s"],
    [8.4, "8 s"],
    [59.6, "1 min 0 s"],
    [260, "4 min 20 s"],
    [7500, "2 h 5 min"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("measures between two times of the API", () => {
    expect(secondsBetween("2026-11-20T10:00:00Z", "2026-11-20T10:01:30Z")).toBe(90);
  });
});
