/** Keyboard shortcuts of the map: the table behind the handler and the list of shortcuts. Pure. */
import type { KeyRow } from "@/components/ui/key-list";

export type MapAction =
  | { type: "move"; across: number; down: number }
  | { type: "zoom"; factor: number }
  | { type: "fit" }
  | { type: "lasso" }
  | { type: "colour" }
  | { type: "selectVisible" }
  | { type: "open" }
  | { type: "similar" }
  | { type: "none" }
  | { type: "help" };

const STEP = 60;
export const ZOOM_STEP = 1.4;

const KEYS: Readonly<Record<string, MapAction>> = {
  ArrowLeft: { type: "move", across: STEP, down: 0 },
  ArrowRight: { type: "move", across: -STEP, down: 0 },
  ArrowUp: { type: "move", across: 0, down: STEP },
  ArrowDown: { type: "move", across: 0, down: -STEP },
  "+": { type: "zoom", factor: ZOOM_STEP },
  "=": { type: "zoom", factor: ZOOM_STEP },
  "-": { type: "zoom", factor: 1 / ZOOM_STEP },
  f: { type: "fit" },
  l: { type: "lasso" },
  c: { type: "colour" },
  v: { type: "selectVisible" },
  Enter: { type: "open" },
  m: { type: "similar" },
  Escape: { type: "none" },
  "?": { type: "help" },
};

export const MAP_KEY_ROWS: readonly KeyRow[] = [
  [["←", "↑", "→", "↓"], "Move the map"],
  [["+", "−"], "Zoom in or out at the cross"],
  [["F"], "Show the whole map"],
  [["L"], "Draw a lasso by dragging, or move by dragging"],
  [["V"], "Select what is in view"],
  [["Enter"], "Open the selection, or what is in view, in the grid"],
  [["M"], "Open images similar to the one shown"],
  [["C"], "Next colouring"],
  [["Esc"], "Clear the selection"],
  [["?"], "Show shortcuts"],
];

export function mapActionForKey(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}): MapAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  // Shortcuts ignore Caps Lock.
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return KEYS[name] ?? null;
}
