/** Keyboard shortcuts of the grid. Pure. */
import { type Decision, decisionForLabel } from "@/lib/annotate/decision";
import { DIGITS } from "@/lib/annotate/keymap";
import type { Tile } from "@/lib/tile";

/** A decision on a selection; what it means for a tile depends on the tile's labels. */
export type BulkDecision =
  | { type: "keep" }
  | { type: "suggestion" }
  | { type: "label"; label: string }
  | { type: "wrong_unknown" }
  | { type: "unsure" }
  | { type: "unusable" };

export type GridAction =
  | { type: "decide"; decision: BulkDecision }
  | { type: "class"; position: number }
  | { type: "toggle" }
  | { type: "all" }
  | { type: "none" }
  | { type: "search" }
  | { type: "undo" }
  | { type: "similar" }
  | { type: "remove" }
  | { type: "split" }
  | { type: "open" }
  | { type: "tag" }
  | { type: "help" };

interface Keystroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const KEYS: Readonly<Record<string, GridAction>> = {
  a: { type: "decide", decision: { type: "keep" } },
  s: { type: "decide", decision: { type: "suggestion" } },
  w: { type: "decide", decision: { type: "wrong_unknown" } },
  u: { type: "decide", decision: { type: "unsure" } },
  x: { type: "decide", decision: { type: "unusable" } },
  o: { type: "open" },
  t: { type: "tag" },
  "/": { type: "search" },
  m: { type: "similar" },
  n: { type: "split" },
  Delete: { type: "remove" },
  "?": { type: "help" },
  " ": { type: "toggle" },
  Escape: { type: "none" },
  Backspace: { type: "undo" },
};

const WITH_CTRL: Readonly<Record<string, GridAction>> = {
  a: { type: "all" },
  z: { type: "undo" },
};

/** The action of a key; movement keys are handled by `destination`. */
export function gridActionForKey({ key, ctrlKey, metaKey, altKey }: Keystroke): GridAction | null {
  if (altKey) return null;
  // Shortcuts ignore Caps Lock.
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey || metaKey) return WITH_CTRL[name] ?? null;
  const position = DIGITS.indexOf(name);
  return position === -1 ? (KEYS[name] ?? null) : { type: "class", position };
}

/** A bulk decision as it is stored for one tile. */
export function decisionOn({ given, suggested }: Tile, decision: BulkDecision): Decision {
  switch (decision.type) {
    case "keep":
      return decisionForLabel(given, given);
    case "suggestion":
      return decisionForLabel(suggested, given);
    case "label":
      return decisionForLabel(decision.label, given);
    default:
      return { verdict: decision.type, label: null };
  }
}
