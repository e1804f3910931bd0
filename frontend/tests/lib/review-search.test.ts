import { describe, expect, it } from "vitest";

import { readReviewSearch, readVerifySearch } from "@/lib/review-search";

describe("readReviewSearch", () => {
  it("reads every filter out of text", () => {
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

  it("takes numbers for class names", () => {
    expect(readReviewSearch({ given: 7 }).given).toBe("7");
  });

  it("drops what makes no sense", () => {
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
  it("reads the class and the queue, and drops queues that do not exist", () => {
    expect(readVerifySearch({ label: 7, queue: "tie_break" })).toEqual({
      label: "7",
      queue: "tie_break",
    });
    expect(readVerifySearch({ queue: "review" }).queue).toBeUndefined();
  });
});
