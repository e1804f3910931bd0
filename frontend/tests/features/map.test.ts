import { describe, expect, it } from "vitest";

import {
  CLASS_COLOURS,
  colour,
  paint,
  SCORE_COLOURS,
  VERDICT_COLOURS,
} from "@/features/map/api/colouring";
import { MAP_KEY_ROWS, mapActionForKey } from "@/features/map/api/map-keys";
import { diameterOf, drawPoints, nearest, pixelOf } from "@/features/map/api/raster";
import { fitted, movedBy, toCanvas, toMap, zoomedAt, zoomOf } from "@/features/map/api/view";
import type { MapPoints } from "@/lib/map/points";

const SIZE = { width: 400, height: 200 };
const CLASSES = ["cat", "dog"];

function points(length: number): MapPoints {
  return {
    length,
    sampleIds: BigInt64Array.from({ length }, (_, at) => BigInt(at)),
    x: Float32Array.from({ length }, (_, at) => (at + 0.5) / length),
    y: new Float32Array(length).fill(0.5),
    score: Float32Array.from({ length }, (_, at) => at / Math.max(1, length - 1)),
    given: Int32Array.from({ length }, (_, at) => at % 2),
    suggested: new Int32Array(length),
    settled: new Int32Array(length).fill(-1),
    verdict: Uint8Array.from({ length }, (_, at) => (at === 0 ? 2 : 0)),
    seen: "17",
  };
}

/** WCAG contrast of two `#rrggbb`. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, at) => sum + c * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("the view", () => {
  it("shows the whole map first, and finds places both ways", () => {
    const view = fitted(SIZE);
    expect(zoomOf(view, SIZE)).toBe(1);
    const { left, top } = toCanvas(view, SIZE, 0.3, 0.9);
    expect(top).toBeGreaterThanOrEqual(0);
    const [x, y] = toMap(view, SIZE, left, top);
    expect(x).toBeCloseTo(0.3);
    expect(y).toBeCloseTo(0.9);
  });

  it("zooms around the pointer, within limits", () => {
    const view = fitted(SIZE);
    const before = toMap(view, SIZE, 250, 80);
    const after = toMap(zoomedAt(view, SIZE, 3, 250, 80), SIZE, 250, 80);
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
    expect(zoomOf(zoomedAt(view, SIZE, 1e9, 0, 0), SIZE)).toBeLessThan(1000);
  });

  it("never leaves the map", () => {
    const moved = movedBy(fitted(SIZE), -1e6, 1e6);
    expect([moved.x, moved.y]).toEqual([1, 1]);
  });
});

describe("drawPoints", () => {
  const painting = {
    x: Float32Array.of(0.5, 0.5, 5),
    y: Float32Array.of(0.5, 0.5, 5),
    colours: Uint32Array.of(pixelOf("#ff0000"), pixelOf("#010203"), 1),
  };

  it("draws squares up to three pixels, the last point on top, and skips what is not in view", () => {
    const pixels = new Uint32Array(20 * 10).fill(9);
    drawPoints(pixels, { width: 20, height: 10 }, painting, { x: 0.5, y: 0.5, scale: 8 }, 3);
    expect(pixels[5 * 20 + 10]).toBe(0xff030201);
    expect(pixels.filter((pixel) => pixel === 0xff030201)).toHaveLength(9);
    expect(pixels.filter((pixel) => pixel === 0)).toHaveLength(191);
  });

  it("draws discs above that, cut at the edges", () => {
    const at = (x: number) => {
      const pixels = new Uint32Array(20 * 20);
      const one = { x: Float32Array.of(x), y: Float32Array.of(0.5), colours: Uint32Array.of(7) };
      drawPoints(pixels, { width: 20, height: 20 }, one, { x: 0.5, y: 0.5, scale: 20 }, 6);
      return pixels.filter((pixel) => pixel === 7).length;
    };
    expect(at(0.5)).toBe(32);
    expect(at(0)).toBeGreaterThan(0);
    expect(at(0)).toBeLessThan(32);
  });

  it("draws fewer points larger, and grows them when zoomed in", () => {
    expect(diameterOf(100, 1)).toBeGreaterThan(diameterOf(100_000, 1));
    expect(diameterOf(100_000, 20)).toBeGreaterThan(diameterOf(100_000, 1));
  });
});

describe("nearest", () => {
  it("finds the nearest shown point within reach", () => {
    const map = points(4); // at 0.125, 0.375, 0.625, 0.875
    expect(nearest(map, [0.4, 0.5], 0.1, () => true)).toBe(1);
    expect(nearest(map, [0.4, 0.5], 0.3, (index) => index !== 1)).toBe(2);
    expect(nearest(map, [0.4, 0.9], 0.1, () => true)).toBeNull();
  });
});

describe("the legend", () => {
  it("counts classes, score ranges and verdicts, and finds them in the grid", () => {
    const map = points(4);
    const given = colour(map, CLASSES, "given");
    expect(given.groups.map(({ name, count }) => [name, count])).toEqual([
      ["cat", 2],
      ["dog", 2],
    ]);
    expect(given.groups[1]?.filter).toEqual({ given: "dog" });
    const score = colour(map, CLASSES, "score");
    expect(score.groups.map(({ count }) => count)).toEqual([1, 1, 0, 1, 1]);
    expect(score.groups[0]?.filter).toEqual({ score_min: 0, score_max: 0.2 });
    const verdict = colour(map, CLASSES, "verdict");
    expect(verdict.groups.map(({ count }) => count)).toEqual([3, 0, 1, 0, 0, 0]);
    expect(verdict.groups[0]?.filter).toEqual({ reviewed: false });
  });

  it("has colours that are visible in both themes", () => {
    for (const known of [...CLASS_COLOURS, ...SCORE_COLOURS, ...VERDICT_COLOURS]) {
      expect(contrast(known, "#ffffff")).toBeGreaterThanOrEqual(3);
      expect(contrast(known, "#171b1f")).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("paint", () => {
  it("draws every point once: left out first, then layer by layer", () => {
    const map = points(1000);
    const colours = colour(map, CLASSES, "verdict");
    const painting = paint(map, colours, (index) => index >= 500 || index === 0);
    expect(new Set(painting.x).size).toBe(1000);
    // The one that is reviewed comes last.
    expect(painting.x[999]).toBeCloseTo(0.0005);
    expect(painting.colours[999]).toBe(pixelOf(VERDICT_COLOURS[2] ?? ""));
    const dimmed = painting.colours[0];
    expect(painting.colours.filter((pixel) => pixel === dimmed)).toHaveLength(499);
  });

  it("mixes classes, so that none hides another", () => {
    const map = { ...points(1000), given: Int32Array.from({ length: 1000 }, (_, at) => at >> 9) };
    const painting = paint(map, colour(map, CLASSES, "given"), () => true);
    const lastHalf = painting.colours.slice(500);
    const share = lastHalf.filter((pixel) => pixel === pixelOf(CLASS_COLOURS[0] ?? "")).length;
    expect(share).toBeGreaterThan(200);
    expect(share).toBeLessThan(312);
  });
});

describe("the keys of the map", () => {
  const press = (key: string, held = {}) =>
    mapActionForKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

  it("ignore Caps Lock, and leave the browser's shortcuts alone", () => {
    expect(press("L")).toEqual({ type: "lasso" });
    expect(press("v")).toEqual({ type: "selectVisible" });
    expect(press("+", { ctrlKey: true })).toBeNull();
  });

  it("are all in the list of shortcuts", () => {
    const shown = MAP_KEY_ROWS.flatMap(([keys]) => keys);
    for (const key of ["L", "V", "F", "C", "M", "Enter", "?"]) expect(shown).toContain(key);
  });
});
