import { describe, expect, it } from "vitest";

import {
  destination,
  moveTo,
  NOTHING,
  selectAll,
  selectCovered,
  selectNone,
  selectOne,
  sweepTo,
  targets,
  toggle,
} from "@/features/grid/api/selection";

const SHAPE = { total: 20, columns: 6, pageRows: 2 };

describe("selection", () => {
  it("extends from the anchor in both directions, replacing the earlier range", () => {
    const from = selectOne(5);
    const forward = sweepTo(from, 8);
    expect(targets(forward)).toEqual([5, 6, 7, 8]);
    expect(targets(sweepTo(forward, 3))).toEqual([3, 4, 5]);
  });

  it("toggles single tiles without changing others", () => {
    const two = toggle(toggle(NOTHING, 7), 2);
    expect(targets(two)).toEqual([2, 7]);
    expect(targets(toggle(two, 7))).toEqual([2]);
  });

  it("keeps the selection while the focus moves", () => {
    const moved = moveTo(selectOne(3), 9);
    expect(targets(moved)).toEqual([3]);
    expect(targets(sweepTo(moved, 10))).toEqual([9, 10]);
  });

  it("targets the focused tile when nothing is selected", () => {
    expect(targets(moveTo(NOTHING, 4))).toEqual([4]);
    expect(targets(selectNone(selectOne(4)))).toEqual([4]);
  });

  it("selects all of 100,000 tiles, and none of an empty list", () => {
    expect(targets(selectAll(NOTHING, 100_000))).toHaveLength(100_000);
    expect(selectAll(NOTHING, 0).chosen.size).toBe(0);
  });

  it("replaces the selection with the tiles under a rectangle, or adds them", () => {
    const before = selectOne(0);
    expect(targets(selectCovered(before, [4, 5], false))).toEqual([4, 5]);
    expect(targets(selectCovered(before, [4, 5], true))).toEqual([0, 4, 5]);
    expect(selectCovered(before, [], false).focus).toBe(0);
  });
});

describe("destination", () => {
  it.each([
    ["ArrowRight", 3, 4],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 3, 9],
    ["ArrowDown", 17, 19],
    ["ArrowUp", 8, 2],
    ["PageDown", 1, 13],
    ["PageUp", 13, 1],
    ["Home", 13, 0],
    ["End", 3, 19],
  ])("%s moves from %d to %d", (key, from, to) => {
    expect(destination(key, from, SHAPE)).toBe(to);
  });

  it("is none for other keys", () => {
    expect(destination("a", 3, SHAPE)).toBeNull();
  });
});
