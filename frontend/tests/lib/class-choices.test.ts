import { describe, expect, it } from "vitest";

import { exclude, mergeGroup, NO_CHOICES, rename, toReading } from "@/lib/class-choices";
import type { Preview } from "@/lib/client/types";

const PREVIEW = {
  classes: [
    { label: "Cat", count: 2, examples: [] },
    { label: "cat ", count: 7, examples: [] },
    { label: "dog", count: 9, examples: [] },
  ],
} as unknown as Preview;

describe("class choices", () => {
  it("merges similar classes into the largest", () => {
    const merged = mergeGroup(NO_CHOICES, ["Cat", "cat "], PREVIEW);
    expect(toReading(merged, null)).toEqual({
      labels_from: null,
      merge: { Cat: "cat " },
      exclude: [],
    });
  });

  it("forgets a name that is taken back, and one that is empty", () => {
    const renamed = rename(rename(NO_CHOICES, "dog", "wolf"), "dog", "dog");
    expect(toReading(rename(renamed, "Cat", " "), null).merge).toEqual({});
  });

  it("leaves a class out without its new name, and takes it back", () => {
    const out = exclude(rename(NO_CHOICES, "dog", "wolf"), "dog", true);
    expect(toReading(out, "labels.csv")).toEqual({
      labels_from: "labels.csv",
      merge: {},
      exclude: ["dog"],
    });
    expect(toReading(exclude(out, "dog", false), null)).toMatchObject({
      merge: { dog: "wolf" },
      exclude: [],
    });
  });
});
