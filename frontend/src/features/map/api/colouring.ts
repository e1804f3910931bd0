/** Colours of the map's points, and the legend. Pure. */
import { type MapPoints, VERDICT_CODES } from "@/lib/map/points";
import type { Colouring } from "@/lib/map/search";
import type { ReviewSearch } from "@/lib/review-search";
import { VERDICT_NAMES } from "@/lib/verdicts";

import { type Painting, pixelOf } from "./raster";

export const COLOURING_NAMES: Readonly<Record<Colouring, string>> = {
  given: "Given label",
  suggested: "Suggestion",
  score: "Label score",
  verdict: "Decision",
};

/** Each with a contrast of at least 3:1 to the map's background, in the light and in the dark theme. */
export const CLASS_COLOURS: readonly string[] = [
  "#2f7fd0",
  "#d9642b",
  "#2e9560",
  "#c8519d",
  "#8467d6",
  "#a67c00",
  "#159aa5",
  "#d1485a",
  "#6d8b2c",
  "#8a7468",
];
/** From suspicious to right. */
export const SCORE_COLOURS: readonly string[] = [
  "#d1402f",
  "#cf6d1d",
  "#a9821a",
  "#568f5d",
  "#2a8b98",
];
/** In the order of `VERDICT_CODES`. */
export const VERDICT_COLOURS: readonly string[] = [
  "#78838c",
  "#2e9560",
  "#d1402f",
  "#c8519d",
  "#a67c00",
  "#8467d6",
];
/** Points that the legend or the lasso leaves out: grey, mostly transparent, for both themes. */
const DIMMED = 0x3a8c8378;

/** An entry of the legend: the points of one class, score range or verdict. */
export interface Group {
  name: string;
  colour: string;
  count: number;
  /** Points of a higher layer are drawn on top. */
  layer: number;
  /** Finds these samples in the grid. */
  filter: ReviewSearch;
}

export interface Colours {
  groups: readonly Group[];
  /** Group of each point. */
  groupOf: Uint16Array;
}

function classGroups(
  classes: readonly string[],
  field: "given" | "suggested",
): Omit<Group, "count">[] {
  return classes.map((name, at) => ({
    name,
    colour: CLASS_COLOURS[at % CLASS_COLOURS.length] ?? "",
    layer: 1,
    filter: { [field]: name },
  }));
}

function scoreGroups(): Omit<Group, "count">[] {
  const bins = SCORE_COLOURS.length;
  return SCORE_COLOURS.map((colour, bin) => ({
    name: `${(bin / bins).toFixed(1)} – ${((bin + 1) / bins).toFixed(1)}`,
    colour,
    layer: bins - bin,
    filter: { score_min: bin / bins, score_max: (bin + 1) / bins },
  }));
}

function verdictGroups(): Omit<Group, "count">[] {
  return VERDICT_CODES.map((verdict, code) => ({
    name: verdict === null ? "Not reviewed" : VERDICT_NAMES[verdict],
    colour: VERDICT_COLOURS[code] ?? "",
    layer: verdict === null ? 1 : 2,
    filter: verdict === null ? { reviewed: false } : { verdict },
  }));
}

function uncounted(classes: readonly string[], colouring: Colouring): Omit<Group, "count">[] {
  if (colouring === "score") return scoreGroups();
  return colouring === "verdict" ? verdictGroups() : classGroups(classes, colouring);
}

function groupOfPoints(points: MapPoints, colouring: Colouring): Uint16Array {
  if (colouring !== "score") return Uint16Array.from(points[colouring]);
  const last = SCORE_COLOURS.length - 1;
  return Uint16Array.from(points.score, (score) =>
    Math.min(last, Math.floor(score * SCORE_COLOURS.length)),
  );
}

/** Groups the points. */
export function colour(
  points: MapPoints,
  classes: readonly string[],
  colouring: Colouring,
): Colours {
  const groupOf = groupOfPoints(points, colouring);
  const counts = new Map<number, number>();
  for (const group of groupOf) counts.set(group, (counts.get(group) ?? 0) + 1);
  const groups = uncounted(classes, colouring).map((group, at) => ({
    ...group,
    count: counts.get(at) ?? 0,
  }));
  return { groups, groupOf };
}

/** A prime larger than any number of points: its multiples visit every point once, in no visible order. */
const STRIDE = 4_294_967_311;

/**
 * Points in drawing order: those that are left out first, then layer by layer. Within a layer no group covers another
 * more often than it is covered, whatever the order of the points.
 */
export function paint(
  points: MapPoints,
  { groups, groupOf }: Colours,
  isShown: (index: number) => boolean,
): Painting {
  const { length } = points;
  const layers = Uint8Array.from(groupOf, (group, at) =>
    isShown(at) ? (groups[group]?.layer ?? 0) : 0,
  );
  const order = new Uint32Array(length);
  let filled = 0;
  const top = groups.reduce((highest, { layer }) => Math.max(highest, layer), 0);
  for (let layer = 0; layer <= top; layer += 1) {
    for (let step = 0; step < length; step += 1) {
      const at = (step * STRIDE) % length;
      if (layers[at] === layer) {
        order[filled] = at;
        filled += 1;
      }
    }
  }
  const pixels = groups.map((group) => pixelOf(group.colour));
  return {
    x: Float32Array.from(order, (at) => points.x[at] ?? 0),
    y: Float32Array.from(order, (at) => points.y[at] ?? 0),
    colours: Uint32Array.from(order, (at) =>
      layers[at] === 0 ? DIMMED : (pixels[groupOf[at] ?? 0] ?? 0),
    ),
  };
}
