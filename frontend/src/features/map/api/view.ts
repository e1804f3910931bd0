/** The visible part of the map. Pure. */

/** Map point at the centre of the canvas, and its magnification. */
export interface View {
  x: number;
  y: number;
  /** Canvas pixels per map unit. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const MARGIN = 0.95;
/** Largest magnification, relative to the whole map. */
const MAX_ZOOM = 400;
const MIN_ZOOM = 0.5;

function fittedScale({ width, height }: Size): number {
  return Math.max(1, Math.min(width, height) * MARGIN);
}

/** The whole map. */
export function fitted(size: Size): View {
  return { x: 0.5, y: 0.5, scale: fittedScale(size) };
}

/** How many times larger than the whole map. */
export function zoomOf({ scale }: View, size: Size): number {
  return scale / fittedScale(size);
}

/** Canvas position of a map point. */
export function toCanvas(view: View, { width, height }: Size, x: number, y: number) {
  return {
    left: (x - view.x) * view.scale + width / 2,
    top: (view.y - y) * view.scale + height / 2,
  };
}

/** Map point at a canvas position. */
export function toMap(
  view: View,
  { width, height }: Size,
  left: number,
  top: number,
): [x: number, y: number] {
  return [view.x + (left - width / 2) / view.scale, view.y - (top - height / 2) / view.scale];
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Move the map by canvas pixels; the centre stays on the map. */
export function movedBy(view: View, across: number, down: number): View {
  return {
    ...view,
    x: clamp(view.x - across / view.scale, 0, 1),
    y: clamp(view.y + down / view.scale, 0, 1),
  };
}

/** Magnify by a factor; the map point at the canvas position stays where it is. */
export function zoomedAt(view: View, size: Size, factor: number, left: number, top: number): View {
  const whole = fittedScale(size);
  const scale = clamp(view.scale * factor, whole * MIN_ZOOM, whole * MAX_ZOOM);
  const [x, y] = toMap(view, size, left, top);
  const next = { x: view.x, y: view.y, scale };
  const [shiftedX, shiftedY] = toMap(next, size, left, top);
  return {
    scale,
    x: clamp(view.x + x - shiftedX, 0, 1),
    y: clamp(view.y + y - shiftedY, 0, 1),
  };
}

/** Corners of the visible part, as map points. */
export function cornersOf(view: View, size: Size): [number, number][] {
  const { width, height } = size;
  return [
    toMap(view, size, 0, 0),
    toMap(view, size, width, 0),
    toMap(view, size, width, height),
    toMap(view, size, 0, height),
  ];
}
