import { describe, expect, it } from "vitest";

import { readReviewSearch, readVerifySearch, withScoreMax } from "@/lib/review-search";

describe("readReviewSearch", () => {
  it("parses every filter from text", () => {
    expect(
      readReviewSearch({
        given: "7",
        suggested: "stop sign",
        score_min: "0.1",
        score_max: "0.25",
        reviewed: "false",
        verdict: "wrong_unknown",
        issue: "true",
      }),
    ).toEqual({
      given: "7",
      suggested: "stop sign",
      score_min: 0.1,
      score_max: 0.25,
      reviewed: false,
      verdict: "wrong_unknown",
      issue: true,
    });
  });

  it("accepts numbers as class names", () => {
    expect(readReviewSearch({ given: 7 }).given).toBe("7");
  });

  it("drops invalid values", () => {
    const read = readReviewSearch({
      given: "",
      score_max: "2",
      score_min: "x",
      reviewed: "maybe",
      verdict: "withdrawn",
      issue: "",
    });
    expect(Object.values(read).every((value) => value === undefined)).toBe(true);
  });
});

describe("readVerifySearch", () => {
  it("parses class and queue, and drops unknown queues", () => {
    expect(readVerifySearch({ label: 7, queue: "tie_break" })).toEqual({
      label: "7",
      queue: "tie_break",
    });
    expect(readVerifySearch({ queue: "review" }).queue).toBeUndefined();
  });
});

describe("withScoreMax", () => {
  it("sets the limit; 1 is no limit", () => {
    expect(withScoreMax({ given: "7" }, 0.25)).toMatchObject({ given: "7", score_max: 0.25 });
    expect(withScoreMax({ score_max: 0.25 }, 1).score_max).toBeUndefined();
  });

  it("drops a lower limit above it, and keeps any other", () => {
    expect(withScoreMax({ score_min: 0.5 }, 0.25).score_min).toBeUndefined();
    expect(withScoreMax({ score_min: 0.1 }, 0.25).score_min).toBe(0.1);
  });
});
