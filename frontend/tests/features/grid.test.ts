import { describe, expect, it } from "vitest";

import { countLoaded, PAGE_ROWS, tileAt } from "@/features/grid/api/columns";
import { decisionOn, gridActionForKey } from "@/features/grid/api/grid-keys";
import { GAP, layOut, thumbnailSize, tilesIn } from "@/features/grid/api/layout";
import type { ResultColumns } from "@/lib/client/types";

const CLASSES = ["cat", "dog"];

function page(first: number, rows: number): ResultColumns {
  const every = <T>(value: (row: number) => T) =>
    Array.from({ length: rows }, (_, row) => value(row));
  return {
    sample_ids: every((row) => `s${first + row}`),
    ranks: every((row) => first + row + 1),
    given: every(() => 0),
    suggested: every(() => 1),
    label_scores: every(() => 0.25),
    verdicts: every((row) => (row === 0 ? "wrong" : null)),
    settled: every((row) => (row === 0 ? 1 : null)),
    changed_by_model: every((row) => row === 1),
    next_rank: null,
    seen: "7",
    total: 2 * PAGE_ROWS,
  };
}

describe("tileAt", () => {
  const pages = [page(0, PAGE_ROWS), page(PAGE_ROWS, 3)];

  it("finds a row on its page", () => {
    expect(tileAt(pages, CLASSES, PAGE_ROWS)).toEqual({
      sampleId: `s${PAGE_ROWS}`,
      rank: PAGE_ROWS + 1,
      given: "cat",
      suggested: "dog",
      score: 0.25,
      verdict: "wrong",
      settled: "dog",
      isChanged: false,
      seen: "7",
    });
    expect(tileAt(pages, CLASSES, PAGE_ROWS - 1)?.sampleId).toBe(`s${PAGE_ROWS - 1}`);
  });

  it("is null for rows that are still loading", () => {
    expect(tileAt(pages, CLASSES, PAGE_ROWS + 3)).toBeNull();
    expect(tileAt([], CLASSES, 0)).toBeNull();
    expect(countLoaded(pages)).toBe(PAGE_ROWS + 3);
  });
});

describe("layOut", () => {
  it("fits as many columns as possible, and stretches them", () => {
    const { columns, rows, tileWidth } = layOut(100, 1000, 120);
    expect(columns).toBe(7);
    expect(rows).toBe(15);
    expect(columns * tileWidth + (columns - 1) * GAP).toBeCloseTo(1000);
  });

  it("stays scrollable with a hundred thousand images of the largest size on a narrow screen", () => {
    const { rows, rowHeight } = layOut(100_000, 360, 320);
    // Firefox draws nothing beyond about 17.8 million pixels.
    expect(rows * rowHeight).toBeLessThan(17.8e6);
  });
});

describe("tilesIn", () => {
  const layout = { columns: 4, rows: 3, tileWidth: 92, tileHeight: 92, rowHeight: 142 };

  it("covers the touched tiles, from any corner", () => {
    const corners = { x1: 150, y1: 10, x2: 10, y2: 160 };
    expect(tilesIn(corners, layout, 10)).toEqual([0, 1, 4, 5]);
  });

  it("touches nothing inside a gap or past the last tile", () => {
    expect(tilesIn({ x1: 93, y1: 0, x2: 99, y2: 50 }, layout, 10)).toEqual([]);
    expect(tilesIn({ x1: 250, y1: 290, x2: 390, y2: 400 }, layout, 10)).toEqual([]);
    expect(tilesIn({ x1: -50, y1: -50, x2: 900, y2: 900 }, layout, 10)).toHaveLength(10);
  });
});

describe("thumbnailSize", () => {
  it("is the smallest that is sharp on the screen", () => {
    expect(thumbnailSize(90, 1)).toBe(96);
    expect(thumbnailSize(90, 2)).toBe(192);
    expect(thumbnailSize(400, 2)).toBe(384);
  });
});

describe("gridActionForKey", () => {
  const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey", true>> = {}) =>
    gridActionForKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

  it("reads decisions, classes and selection keys, ignoring Caps Lock", () => {
    expect(press("3")).toEqual({ type: "class", position: 2 });
    expect(press("0")).toEqual({ type: "class", position: 9 });
    expect(press("X")).toEqual({
      type: "decide",
      decision: { type: "unusable" },
    });
    expect(press(" ")).toEqual({ type: "toggle" });
    expect(press("a", { ctrlKey: true })).toEqual({ type: "all" });
    expect(press("z", { metaKey: true })).toEqual({ type: "undo" });
  });

  it("leaves the browser's shortcuts alone", () => {
    expect(press("s", { ctrlKey: true })).toBeNull();
    expect(press("1", { altKey: true })).toBeNull();
    expect(press("F5")).toBeNull();
  });
});

describe("decisionOn", () => {
  const tile = tileAt([page(0, 2)], CLASSES, 1);
  if (tile === null) throw new Error("the page has two rows");

  it("is correct for the given label", () => {
    expect(decisionOn(tile, { type: "label", label: "cat" })).toEqual({
      verdict: "correct",
      label: null,
    });
    expect(decisionOn(tile, { type: "suggestion" })).toEqual({ verdict: "wrong", label: "dog" });
    expect(decisionOn(tile, { type: "keep" }).verdict).toBe("correct");
    expect(decisionOn(tile, { type: "unsure" })).toEqual({ verdict: "unsure", label: null });
  });
});
