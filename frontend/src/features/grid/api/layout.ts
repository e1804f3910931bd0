/** Positions of the tiles: equal cells, so that positions are computed instead of measured. Pure. */
import type { ThumbnailSize } from "@/lib/annotate/images";

export const GAP = 8;
/** Height of the labels and the score below each image. */
export const CAPTION_HEIGHT = 42;
export const MIN_TILE = 72;
export const MAX_TILE = 320;
/** With one column, 100,000 rows would exceed the browsers' scroll height. */
const MIN_COLUMNS = 2;

export interface Layout {
  columns: number;
  rows: number;
  /** Size of the image in a tile, in CSS pixels. */
  tileWidth: number;
  tileHeight: number;
  /** Distance from one row's top to the next. */
  rowHeight: number;
}

/** As many columns of about `tileSize` pixels as fit, stretched to fill `width`. */
export function layOut(total: number, width: number, tileSize: number): Layout {
  const columns = Math.max(MIN_COLUMNS, Math.floor((width + GAP) / (tileSize + GAP)));
  const tileWidth = Math.max(1, (width - GAP * (columns - 1)) / columns);
  const tileHeight = Math.round(Math.min(tileWidth, tileSize * 1.5));
  return {
    columns,
    rows: Math.ceil(total / columns),
    tileWidth,
    tileHeight,
    rowHeight: tileHeight + CAPTION_HEIGHT + GAP,
  };
}

/** Rectangle on the canvas of all rows, in CSS pixels; corners in any order. */
export interface Rectangle {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** Indices of the tiles that a rectangle touches, in list order. */
export function tilesIn(
  { x1, y1, x2, y2 }: Rectangle,
  { columns, rows, tileWidth, rowHeight }: Layout,
  total: number,
): number[] {
  const pitch = tileWidth + GAP;
  const clamp = (value: number, max: number) => Math.max(0, Math.min(max, value));
  // Gaps belong to no tile: a rectangle within a gap touches nothing.
  const first = (low: number, size: number, step: number) => Math.ceil((low - size) / step);
  const [left, right] = [Math.min(x1, x2), Math.max(x1, x2)];
  const [top, bottom] = [Math.min(y1, y2), Math.max(y1, y2)];
  const firstColumn = clamp(first(left, tileWidth, pitch), columns);
  const lastColumn = clamp(Math.floor(right / pitch), columns - 1);
  const firstRow = clamp(first(top, rowHeight - GAP, rowHeight), rows);
  const lastRow = clamp(Math.floor(bottom / rowHeight), rows - 1);

  const covered: number[] = [];
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      const index = row * columns + column;
      if (index < total) covered.push(index);
    }
  }
  return covered;
}

const THUMBNAILS: readonly ThumbnailSize[] = [96, 192, 384];

/** The smallest thumbnail that is sharp at this tile width. */
export function thumbnailSize(tileWidth: number, pixelRatio: number): ThumbnailSize {
  return THUMBNAILS.find((size) => size >= tileWidth * pixelRatio) ?? 384;
}
