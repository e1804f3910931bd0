import type { SimilarList, SimilarSample } from "@/lib/client/types";
import { formatPercent } from "@/lib/format";
import { type Area, pointsIn } from "@/lib/map/area";
import { type MapPoints, tileOfPoint, VERDICT_CODES } from "@/lib/map/points";
import type { ReviewSearch } from "@/lib/review-search";
import type { Tile } from "@/lib/tile";

import { type ColumnPage, countLoaded, tileAt } from "./columns";

/** What a grid shows, wherever it comes from. */
export interface TileList {
  /** Rows, loaded or not. */
  total: number;
  loaded: number;
  /** The row at a position; null while it is loading. */
  tileAt: (index: number) => Tile | null;
}

/** The job's ranking, or its samples with an issue. */
export function columnTiles(pages: readonly ColumnPage[], classes: readonly string[]): TileList {
  return {
    total: pages[0]?.total ?? 0,
    loaded: countLoaded(pages),
    tileAt: (index) => tileAt(pages, classes, index),
  };
}

/** A sample as the endpoints for issues describe it. */
type Described = Pick<
  SimilarSample,
  "sample_id" | "given_label" | "suggested_label" | "label_score" | "verdict" | "settled_label"
>;

export function describedTile(sample: Described, seen: string, note: string): Tile {
  const { verdict } = sample;
  return {
    sampleId: sample.sample_id,
    rank: null,
    given: sample.given_label,
    suggested: sample.suggested_label,
    score: sample.label_score,
    verdict: verdict === "withdrawn" ? null : verdict,
    settled: sample.settled_label,
    seen,
    note,
  };
}

/** An image, then those that look like it. */
export function similarTiles(origin: Described & { seen: string }, similar: SimilarList): TileList {
  const tiles = [
    describedTile(origin, origin.seen, "this image"),
    ...similar.items.map((sample) =>
      describedTile(sample, similar.seen, `${formatPercent(sample.similarity, 0)} alike`),
    ),
  ];
  return { total: tiles.length, loaded: tiles.length, tileAt: (index) => tiles[index] ?? null };
}

/** Whether a point matches the filters of an address; `issue` is not known of points. */
function matcher(points: MapPoints, classes: readonly string[], filters: ReviewSearch) {
  const { given, suggested, score_min = 0, score_max = 1, reviewed, verdict } = filters;
  const [wantedGiven, wantedSuggested] = [given, suggested].map((name) =>
    name === undefined ? null : classes.indexOf(name),
  );
  return (at: number) => {
    const score = points.score[at] ?? 0;
    const found = VERDICT_CODES[points.verdict[at] ?? 0] ?? null;
    return (
      score >= score_min &&
      score <= score_max &&
      (wantedGiven == null || points.given[at] === wantedGiven) &&
      (wantedSuggested == null || points.suggested[at] === wantedSuggested) &&
      (reviewed === undefined || reviewed === (found !== null)) &&
      (verdict === undefined || verdict === found)
    );
  };
}

/** The images in an area of the map that match the filters, most suspicious first. */
export function tilesInArea(
  points: MapPoints,
  classes: readonly string[],
  area: Area,
  filters: ReviewSearch,
): TileList {
  const found = pointsIn(points, area, matcher(points, classes, filters));
  found.sort((one, other) => (points.score[one] ?? 0) - (points.score[other] ?? 0));
  return {
    total: found.length,
    loaded: found.length,
    tileAt: (position) => {
      const index = found[position];
      return index === undefined ? null : tileOfPoint(points, classes, index);
    },
  };
}
