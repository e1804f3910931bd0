/** Areas of the map: polygons that a lasso drew or a view covers. Pure. */
import type { MapPoints } from "./points";

/** Corners as x1, y1, x2, y2, ... in millionths of the map, so that an address holds them exactly. */
export type Area = readonly number[];

const UNITS = 1_000_000;
/** More corners add nothing but length to the address. */
const MAX_CORNERS = 120;
const MIN_CORNERS = 3;

/** An area from corners in map coordinates; null for fewer than three. */
export function areaOf(corners: readonly (readonly [number, number])[]): Area | null {
  if (corners.length < MIN_CORNERS) return null;
  const step = Math.max(1, corners.length / MAX_CORNERS);
  const kept = Array.from(
    { length: Math.min(corners.length, MAX_CORNERS) },
    (_, position) => corners[Math.floor(position * step)],
  );
  return kept.flatMap((corner) => (corner ?? []).map((value) => Math.round(value * UNITS)));
}

export function formatArea(area: Area): string {
  return area.join(".");
}

/** The area in an address; undefined if it is no polygon. */
export function readArea(text: unknown): Area | undefined {
  if (typeof text !== "string") return undefined;
  const values = text.split(".").map(Number);
  const isPolygon =
    values.length >= 2 * MIN_CORNERS && values.length % 2 === 0 && values.every(Number.isInteger);
  return isPolygon ? values : undefined;
}

/** A function that tells whether a point lies within, by the even-odd rule. */
export function within(area: Area): (x: number, y: number) => boolean {
  const corners = Float64Array.from(area, (value) => value / UNITS);
  const xs = corners.filter((_, at) => at % 2 === 0);
  const ys = corners.filter((_, at) => at % 2 === 1);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
  return (x, y) => {
    if (x < left || x > right || y < bottom || y > top) return false;
    let isInside = false;
    for (let at = 0, before = xs.length - 1; at < xs.length; before = at, at += 1) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [xs[at], ys[at], xs[before], ys[before]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
    return isInside;
  };
}

/** Indices of the points in an area for which `isShown` holds. */
export function pointsIn(
  { length, x, y }: Pick<MapPoints, "length" | "x" | "y">,
  area: Area,
  isShown: (index: number) => boolean = () => true,
): number[] {
  const contains = within(area);
  const found: number[] = [];
  for (let index = 0; index < length; index += 1) {
    if (isShown(index) && contains(x[index] ?? 0, y[index] ?? 0)) found.push(index);
  }
  return found;
}
