import { describe, expect, it } from "vitest";

import { areaOf, formatArea, pointsIn, readArea, within } from "@/lib/map/area";
import { readPoints, tileOfPoint } from "@/lib/map/points";
import { readMapSearch } from "@/lib/map/search";

/** The bytes of a map with two samples, as the service writes them. */
function twoPoints(): ArrayBuffer {
  const buffer = new ArrayBuffer(16 + 2 * 33 + 8);
  new Uint8Array(buffer).set(new TextEncoder().encode("MSLGMAP1"));
  const view = new DataView(buffer);
  view.setUint32(8, 2, true);
  view.setBigInt64(16, 7n, true);
  view.setBigInt64(24, 9_007_199_254_740_993n, true);
  [0.25, 0.75, 0, 1, 0.9, 0.1].forEach((value, at) => {
    view.setFloat32(32 + 4 * at, value, true);
  });
  [0, 1, 1, 0, -1, 0].forEach((value, at) => {
    view.setInt32(56 + 4 * at, value, true);
  });
  view.setUint8(81, 2);
  view.setBigInt64(82, 17n, true);
  return buffer;
}

describe("readPoints", () => {
  it("reads the service's columns", () => {
    const points = readPoints(twoPoints());
    expect([...points.x]).toEqual([0.25, 0.75]);
    expect([...points.y]).toEqual([0, 1]);
    expect(tileOfPoint(points, ["cat", "dog"], 1)).toMatchObject({
      sampleId: "9007199254740993",
      given: "dog",
      suggested: "cat",
      verdict: "wrong",
      settled: "cat",
      seen: "17",
    });
    expect(tileOfPoint(points, ["cat", "dog"], 0)).toMatchObject({ verdict: null, settled: null });
  });

  it("refuses other bytes", () => {
    expect(() => readPoints(new ArrayBuffer(16))).toThrow("unknown format");
  });
});

describe("an area", () => {
  const square: [number, number][] = [
    [0.2, 0.2],
    [0.8, 0.2],
    [0.8, 0.8],
    [0.2, 0.8],
  ];

  it("survives its way through an address", () => {
    const area = areaOf([...square, [0.123456, -0.5]]);
    expect(area).not.toBeNull();
    expect(readArea(formatArea(area ?? []))).toEqual(area);
  });

  it.each([undefined, "", "1.2", "1.2.3.4.5", "a.b.c.d.e.f", "1.2.3.4.5.6.7"])(
    "is not read from %j",
    (text) => {
      expect(readArea(text)).toBeUndefined();
    },
  );

  it("needs three corners, and keeps at most 120 of a long lasso", () => {
    expect(areaOf(square.slice(0, 2))).toBeNull();
    const circle = Array.from({ length: 5000 }, (_, at): [number, number] => [
      0.5 + 0.4 * Math.cos((at * 2 * Math.PI) / 5000),
      0.5 + 0.4 * Math.sin((at * 2 * Math.PI) / 5000),
    ]);
    const area = areaOf(circle) ?? [];
    expect(area).toHaveLength(240);
    const contains = within(area);
    expect([contains(0.5, 0.89), contains(0.5, 0.91), contains(0.8, 0.8)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("contains points by the even-odd rule, also in a hollow", () => {
    const hollow: [number, number][] = [
      [0, 0],
      [1, 0],
      [0.5, 0.5],
      [1, 1],
      [0, 1],
    ];
    const contains = within(areaOf(hollow) ?? []);
    expect([contains(0.2, 0.5), contains(0.9, 0.5), contains(2, 0.5)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("finds its points, of those that are shown", () => {
    const points = {
      length: 4,
      x: Float32Array.of(0.1, 0.3, 0.5, 0.9),
      y: Float32Array.of(0.5, 0.5, 0.5, 0.5),
    };
    const area = areaOf(square) ?? [];
    expect(pointsIn(points, area)).toEqual([1, 2]);
    expect(pointsIn(points, area, (index) => index !== 1)).toEqual([2]);
  });
});

describe("readMapSearch", () => {
  it("ignores unknown colourings", () => {
    expect(readMapSearch({ colour: "score" })).toEqual({ colour: "score" });
    expect(readMapSearch({ colour: "mood" })).toEqual({ colour: undefined });
  });
});
