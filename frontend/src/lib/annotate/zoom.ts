/** Position of an image in its stage: scaled about the centre, then moved. Pure. */

export interface View {
  scale: number;
  /** CSS pixels from the stage's centre to the image's. */
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const FITTED: View = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 16;
/** Factor of one key press or click. */
export const ZOOM_STEP = 1.4;
/** Factor of a double click on a fitted image. */
const CLOSE_UP = 3;

function within(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

/** Limits the offset, so that the image always fills the stage. */
function kept({ scale, x, y }: View, { width, height }: Size): View {
  const room = (scale - 1) / 2;
  return { scale, x: within(x, width * room), y: within(y, height * room) };
}

/** Zoom by `factor` about `at`, which is relative to the stage's centre. */
export function zoomed(view: View, factor: number, at: Point, stage: Size): View {
  const scale = Math.max(1, Math.min(MAX_SCALE, view.scale * factor));
  if (scale === 1) return FITTED;
  const ratio = scale / view.scale;
  const x = at.x - (at.x - view.x) * ratio;
  const y = at.y - (at.y - view.y) * ratio;
  return kept({ scale, x, y }, stage);
}

export function moved(view: View, by: Point, stage: Size): View {
  return kept({ ...view, x: view.x + by.x, y: view.y + by.y }, stage);
}

/** Double click: zoom in on a point, or back to the fitted image. */
export function toggled(view: View, at: Point, stage: Size): View {
  return view.scale > 1 ? FITTED : zoomed(view, CLOSE_UP, at, stage);
}

/** Zoom factor of a wheel event; `deltaMode` 1 counts lines instead of pixels. */
export function wheelFactor(deltaY: number, deltaMode: number): number {
  return Math.exp(-within(deltaMode === 1 ? deltaY * 16 : deltaY, 200) / 250);
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
