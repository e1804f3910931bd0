/** Which tiles of the grid are selected, and where the keyboard is. Pure; a tile is its position in the list. */

export interface Selection {
  /** Tiles chosen one by one or by an earlier sweep. */
  chosen: ReadonlySet<number>;
  /** Where a sweep with Shift starts. */
  anchor: number;
  /** The tile that the keys act from. */
  focus: number;
}

export const NOTHING: Selection = { chosen: new Set(), anchor: 0, focus: 0 };

/** The whole numbers from `a` to `b`, whichever is smaller. */
function between(a: number, b: number): number[] {
  const first = Math.min(a, b);
  return Array.from({ length: Math.abs(a - b) + 1 }, (_, step) => first + step);
}

/** Only this tile. */
export function selectOne(index: number): Selection {
  return { chosen: new Set([index]), anchor: index, focus: index };
}

/** This tile in or out, the others as they are. */
export function toggle({ chosen }: Selection, index: number): Selection {
  const next = new Set(chosen);
  if (!next.delete(index)) next.add(index);
  return { chosen: next, anchor: index, focus: index };
}

/** Everything from the anchor to this tile, and nothing else. */
export function sweepTo({ anchor }: Selection, index: number): Selection {
  return { chosen: new Set(between(anchor, index)), anchor, focus: index };
}

/** The keyboard goes elsewhere; what is selected stays so. */
export function moveTo(selection: Selection, index: number): Selection {
  return { ...selection, anchor: index, focus: index };
}

export function selectAll({ anchor, focus }: Selection, total: number): Selection {
  return { chosen: new Set(total === 0 ? [] : between(0, total - 1)), anchor, focus };
}

export function selectNone(selection: Selection): Selection {
  return { ...selection, chosen: new Set() };
}

/** What a rectangle covers, joined to what was selected when it was begun with Ctrl or Shift. */
export function selectCovered(
  before: Selection,
  covered: readonly number[],
  isAdding: boolean,
): Selection {
  const focus = covered.at(-1) ?? before.focus;
  const chosen = new Set(isAdding ? [...before.chosen, ...covered] : covered);
  return { chosen, anchor: covered[0] ?? before.anchor, focus };
}

/** What a key acts on: the selection, else the tile that has the keyboard. In the list's order. */
export function targets({ chosen, focus }: Selection): number[] {
  return chosen.size === 0 ? [focus] : [...chosen].sort((a, b) => a - b);
}

/** How keys move through a grid of this shape. */
export interface GridShape {
  total: number;
  columns: number;
  /** Rows in sight, for PageUp and PageDown. */
  pageRows: number;
}

/** Where a key leads from `focus`; null for a key that does not move. */
export function destination(key: string, focus: number, shape: GridShape): number | null {
  const { total, columns, pageRows } = shape;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * pageRows,
    PageDown: columns * pageRows,
    Home: -focus,
    End: total - 1 - focus,
  };
  const step = steps[key];
  return step === undefined ? null : Math.max(0, Math.min(total - 1, focus + step));
}
