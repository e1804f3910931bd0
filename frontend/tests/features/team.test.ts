import { describe, expect, it } from "vitest";

import { nameKappa } from "@/features/team/api/kappa";
import { afterConflict, toChange, toForm, toSettings } from "@/features/team/api/settings-form";
import { EMPTY_FORM, readPeople, toShares } from "@/features/team/api/shares-form";
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

describe("shares", () => {
  it.each([
    ["Ann", [{ reviewers: ["Ann"], weight: 1 }]],
    [
      "Ann: 2\n\n Ben , Cem ",
      [
        { reviewers: ["Ann"], weight: 2 },
        { reviewers: ["Ben", "Cem"], weight: 1 },
      ],
    ],
    ["Ann: 0.5", [{ reviewers: ["Ann"], weight: 0.5 }]],
    ["", null],
    ["Ann\n: 3", null],
    ["Ann: 0", null],
  ])("reads %j", (text, assignees) => {
    expect(readPeople(text)).toEqual(assignees);
  });

  it("are requested with the filters that are set", () => {
    const form = { ...EMPTY_FORM, jobId: "j", scoreMax: "0.2", maxSamples: "50", people: "Ann" };
    expect(toShares(form, "Lea")).toEqual({
      filter: { job_id: "j", given: undefined, score_max: 0.2 },
      assignees: [{ reviewers: ["Ann"], weight: 1 }],
      max_samples: 50,
      reviewer: "Lea",
    });
  });

  it.each([{ scoreMax: "2" }, { maxSamples: "0" }, { maxSamples: "1.5" }])(
    "are not requested with %o",
    (changes) => {
      expect(toShares({ ...EMPTY_FORM, jobId: "j", people: "Ann", ...changes }, "")).toBeNull();
    },
  );
});

describe("a change of settings", () => {
  const seen = { guidelines: "Old.", overlap: 1, honeypot_rate: 0.0512 };
  const edit = { form: { ...toForm(seen), overlap: "2" }, seen };

  it("holds what was edited, with the values that its author saw", () => {
    expect(toChange(edit)).toEqual({ overlap: 2, seen: { overlap: 1 } });
    expect(toChange({ form: toForm(seen), seen })).toEqual({ seen: {} });
  });

  it("is sent again against the values of others, or takes them", () => {
    const form = { ...edit.form, guidelines: "Mine." };
    const conflicts = [{ name: "overlap", yours: 2, theirs: 3 }];
    const insisted = afterConflict({ form, seen }, conflicts, true);
    expect(toChange(insisted)).toEqual({
      guidelines: "Mine.",
      overlap: 2,
      seen: { guidelines: "Old.", overlap: 3 },
    });
    const taken = afterConflict({ form, seen }, conflicts, false);
    expect(taken.form).toEqual({ ...form, overlap: "3" });
    expect(toChange(taken)).toEqual({ guidelines: "Mine.", seen: { guidelines: "Old." } });
  });
});
