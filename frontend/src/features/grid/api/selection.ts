/** Selected tiles and keyboard focus of the grid, as positions in the list. Pure. */

export interface Selection {
  /** The selected tiles. */
  chosen: ReadonlySet<number>;
  /** Start of a range selected with Shift. */
  anchor: number;
  /** The tile with the keyboard focus. */
  focus: number;
}

export const NOTHING: Selection = { chosen: new Set(), anchor: 0, focus: 0 };

/** All integers from `a` to `b`, in ascending order. */
function between(a: number, b: number): number[] {
  const first = Math.min(a, b);
  return Array.from({ length: Math.abs(a - b) + 1 }, (_, step) => first + step);
}

/** Select only this tile. */
export function selectOne(index: number): Selection {
  return { chosen: new Set([index]), anchor: index, focus: index };
}

/** Add or remove this tile. */
export function toggle({ chosen }: Selection, index: number): Selection {
  const next = new Set(chosen);
  if (!next.delete(index)) next.add(index);
  return { chosen: next, anchor: index, focus: index };
}

/** Select the range from the anchor to this tile. */
export function sweepTo({ anchor }: Selection, index: number): Selection {
  return { chosen: new Set(between(anchor, index)), anchor, focus: index };
}

/** Move the focus; the selection stays. */
export function moveTo(selection: Selection, index: number): Selection {
  return { ...selection, anchor: index, focus: index };
}

export function selectAll({ anchor, focus }: Selection, total: number): Selection {
  return { chosen: new Set(total === 0 ? [] : between(0, total - 1)), anchor, focus };
}

export function selectNone(selection: Selection): Selection {
  return { ...selection, chosen: new Set() };
}

/** Select the tiles under a rectangle; with Ctrl or Shift, add them to the earlier selection. */
export function selectCovered(
  before: Selection,
  covered: readonly number[],
  isAdding: boolean,
): Selection {
  const focus = covered.at(-1) ?? before.focus;
  const chosen = new Set(isAdding ? [...before.chosen, ...covered] : covered);
  return { chosen, anchor: covered[0] ?? before.anchor, focus };
}

/** The tiles that a decision applies to: the selection, or the focused tile. In list order. */
export function targets({ chosen, focus }: Selection): number[] {
  return chosen.size === 0 ? [focus] : [...chosen].sort((a, b) => a - b);
}

/** Shape of the grid, for keyboard movement. */
export interface GridShape {
  total: number;
  columns: number;
  /** Visible rows, for PageUp and PageDown. */
  pageRows: number;
}

/** The tile that a key moves to; null for other keys. */
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
