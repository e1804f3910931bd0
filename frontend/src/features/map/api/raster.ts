/**
 * Draws points into the pixels of a canvas. Pure.
 *
 * The processor draws 100,000 points in 2 ms. WebGL needs a graphics card for that: docs/decisions/0017-map-in-pixels.md.
 */
import type { Size, View } from "./view";

/** Points in the order in which they are drawn: later ones cover earlier ones. */
export interface Painting {
  x: Float32Array;
  y: Float32Array;
  /** Colours as the canvas stores them: alpha, blue, green, red from the highest byte. */
  colours: Uint32Array;
}

/** `#rrggbb` as the canvas stores it. */
export function pixelOf(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [value >> 16, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Pixels of a disc as [across, down] from its centre. */
function discOf(diameter: number): [number, number][] {
  const first = -Math.floor((diameter - 1) / 2);
  const middle = diameter % 2 === 0 ? 0.5 : 0;
  const radius = diameter / 2;
  const steps = Array.from({ length: diameter }, (_, step) => first + step);
  const pairs = steps.flatMap((down) => steps.map((across): [number, number] => [across, down]));
  // Discs of up to three pixels are squares.
  return diameter <= 3
    ? pairs
    : pairs.filter(([across, down]) => Math.hypot(across - middle, down - middle) <= radius);
}

/** Clear the pixels and draw all points as discs of `diameter` pixels. */
export function drawPoints(
  pixels: Uint32Array,
  { width, height }: Size,
  { x, y, colours }: Painting,
  view: View,
  diameter: number,
): void {
  pixels.fill(0);
  const disc = discOf(diameter);
  const offsets = Int32Array.from(disc, ([across, down]) => down * width + across);
  const { scale } = view;
  const left = width / 2 - view.x * scale;
  const top = height / 2 + view.y * scale;
  for (let index = 0; index < colours.length; index += 1) {
    const across = Math.floor((x[index] ?? 0) * scale + left);
    const down = Math.floor(top - (y[index] ?? 0) * scale);
    if (across < -diameter || across > width + diameter) continue;
    if (down < -diameter || down > height + diameter) continue;
    const colour = colours[index] ?? 0;
    const isInside =
      across >= diameter &&
      across < width - diameter &&
      down >= diameter &&
      down < height - diameter;
    if (isInside) {
      const centre = down * width + across;
      for (const offset of offsets) pixels[centre + offset] = colour;
    } else {
      for (const [right, below] of disc) {
        const column = across + right;
        const row = down + below;
        if (column >= 0 && column < width && row >= 0 && row < height) {
          pixels[row * width + column] = colour;
        }
      }
    }
  }
}

/** Diameter of a point in CSS pixels: larger for few points, and when zoomed in. */
export function diameterOf(count: number, zoom: number): number {
  const base = Math.max(2.6, Math.min(7, 40 / Math.cbrt(Math.max(1, count))));
  return Math.min(12, base * Math.max(1, zoom) ** 0.35);
}

/** Index of the shown point nearest to a map point, at most `reach` map units away; null without one. */
export function nearest(
  { x, y }: Pick<Painting, "x" | "y">,
  at: readonly [x: number, y: number],
  reach: number,
  isShown: (index: number) => boolean,
): number | null {
  let found: number | null = null;
  let best = reach * reach;
  for (let index = 0; index < x.length; index += 1) {
    const across = (x[index] ?? 0) - at[0];
    const up = (y[index] ?? 0) - at[1];
    const distance = across * across + up * up;
    if (distance < best && isShown(index)) {
      best = distance;
      found = index;
    }
  }
  return found;
}
