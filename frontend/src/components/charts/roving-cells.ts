import { type KeyboardEvent, useState } from "react";

export interface Cell {
  row: number;
  column: number;
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The cell that an arrow key moves to; null for other keys and at the edge. */
export function nextCell(key: string, { row, column }: Cell, rows: number, columns: number) {
  const step = STEPS[key];
  if (step === undefined) return null;
  const next = { row: row + step[0], column: column + step[1] };
  const isInside = next.row >= 0 && next.row < rows && next.column >= 0 && next.column < columns;
  return isInside ? next : null;
}

/** One tab stop for a table of links (roving tabindex). Arrow keys move between cells marked with `data-cell`. */
export function useRovingCells(rows: number, columns: number) {
  const [at, setAt] = useState<Cell>({ row: 0, column: 0 });
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = nextCell(event.key, at, rows, columns);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    const link = `[data-cell="${next.row}-${next.column}"] a`;
    event.currentTarget.querySelector<HTMLElement>(link)?.focus();
  };
  const tabIndexOf = ({ row, column }: Cell) => (row === at.row && column === at.column ? 0 : -1);
  return { onKeyDown, tabIndexOf, setAt };
}
