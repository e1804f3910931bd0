import { describe, expect, it } from "vitest";

import { decisionInGroup, groupOf, keyOf, settledClass } from "@/features/grid/api/groups";
import type { DuplicateGroup } from "@/lib/client/types";

type Member = DuplicateGroup["members"][number];

function member(id: string, given: string, suggested: string): Member {
  return {
    sample_id: id,
    file_name: `${given}/${id}.jpg`,
    external_id: null,
    width: 8,
    height: 8,
    given_label: given,
    suggested_label: suggested,
    label_score: 0.5,
    is_label_issue: false,
    verdict: null,
    settled_label: null,
    score: 0,
  };
}

const GROUP = groupOf(
  {
    number: 1,
    size: 3,
    is_exact: true,
    labels_disagree: true,
    is_settled: false,
    members: [member("1", "cat", "dog"), member("2", "fox", "dog"), member("3", "fox", "cat")],
  },
  "17",
);

describe("a group of duplicates", () => {
  it("is as old as its page", () => {
    expect(GROUP.tiles.map(({ seen }) => seen)).toEqual(["17", "17", "17"]);
  });

  it("offers its given labels by frequency, then what most suggestions agree on", () => {
    expect(GROUP.suggested).toBe("dog");
    expect(GROUP.choices).toEqual(["fox", "cat", "dog"]);
    expect(GROUP.choices.map((label) => keyOf(label, "dog", ["cat", "dog", "fox"]))).toEqual([
      "3",
      "1",
      "S",
    ]);
  });

  it("gets one label at once: the suggestion is the group's, not each image's", () => {
    const decisions = GROUP.tiles.map((tile) =>
      decisionInGroup(GROUP, tile, { type: "suggestion" }),
    );
    expect(decisions).toEqual(Array(3).fill({ verdict: "wrong", label: "dog" }));
    const cats = GROUP.tiles.map((tile) =>
      decisionInGroup(GROUP, tile, { type: "label", label: "cat" }),
    );
    expect(cats[0]).toEqual({ verdict: "correct", label: null });
    expect(cats[1]).toEqual({ verdict: "wrong", label: "cat" });
  });

  it("is settled once all usable images have the same class", () => {
    const wrong = { verdict: "wrong", label: "cat" } as const;
    const correct = { verdict: "correct", label: null } as const;
    const unusable = { verdict: "unusable", label: null } as const;
    const settled = (...decisions: (typeof wrong | typeof correct | typeof unusable | null)[]) =>
      settledClass(GROUP, (tile) => decisions[GROUP.tiles.indexOf(tile)] ?? null);
    expect(settled(correct, wrong, wrong)).toBe("cat");
    expect(settled(correct, correct, wrong)).toBeNull();
    expect(settled(correct, wrong, unusable)).toBe("cat");
    expect(settled(correct, wrong, null)).toBeNull();
  });
});
