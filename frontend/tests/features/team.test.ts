import { describe, expect, it } from "vitest";

import { nameKappa } from "@/features/team/api/kappa";
import { toSettings } from "@/features/team/api/settings-form";
import { readActivitySearch } from "@/lib/activity-search";

describe("toSettings", () => {
  const form = { guidelines: "Look twice.", overlap: "2", honeypotPercent: "5" };

  it("converts percent to a share", () => {
    expect(toSettings(form)).toEqual({
      guidelines: "Look twice.",
      overlap: 2,
      honeypot_rate: 0.05,
    });
  });

  it.each([
    { overlap: "0" },
    { overlap: "11" },
    { overlap: "1.5" },
    { overlap: "" },
    { honeypotPercent: "51" },
    { honeypotPercent: "" },
  ])("rejects %o", (changes) => {
    expect(toSettings({ ...form, ...changes })).toBeNull();
  });
});

describe("nameKappa", () => {
  it.each([
    [0.9, "almost perfect"],
    [0.5, "moderate"],
    [0, "no better than chance"],
    [-0.2, "no better than chance"],
    [null, undefined],
  ])("calls %s %s", (kappa, name) => {
    expect(nameKappa(kappa)).toBe(name);
  });
});

describe("readActivitySearch", () => {
  it("keeps valid values", () => {
    expect(
      readActivitySearch({ reviewer: "Ada", verdict: "withdrawn", role: "x", sample_id: "12" }),
    ).toEqual({ reviewer: "Ada", verdict: "withdrawn", sample_id: "12" });
    expect(readActivitySearch({ sample_id: "1 OR 1" }).sample_id).toBeUndefined();
  });
});
