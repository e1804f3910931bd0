/** Which key does what in the grid. Pure. */
import type { Decision } from "@/lib/annotate/decision-queue";
import { DIGITS } from "@/lib/annotate/keymap";

import type { Tile } from "./columns";

/** What can be said about a selection; a class stands for itself, whatever each tile was given as. */
export type Word =
  | { type: "keep" }
  | { type: "suggestion" }
  | { type: "label"; label: string }
  | { type: "wrong_unknown" }
  | { type: "unsure" }
  | { type: "unusable" };

export type GridAction =
  | { type: "say"; word: Word }
  | { type: "class"; position: number }
  | { type: "toggle" }
  | { type: "all" }
  | { type: "none" }
  | { type: "search" }
  | { type: "undo" }
  | { type: "help" };

interface Keystroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const KEYS: Readonly<Record<string, GridAction>> = {
  a: { type: "say", word: { type: "keep" } },
  s: { type: "say", word: { type: "suggestion" } },
  w: { type: "say", word: { type: "wrong_unknown" } },
  u: { type: "say", word: { type: "unsure" } },
  x: { type: "say", word: { type: "unusable" } },
  "/": { type: "search" },
  "?": { type: "help" },
  " ": { type: "toggle" },
  Escape: { type: "none" },
  Backspace: { type: "undo" },
};

const WITH_CTRL: Readonly<Record<string, GridAction>> = {
  a: { type: "all" },
  z: { type: "undo" },
};

/** What a key asks for; moving about is not its business. */
export function gridActionForKey({ key, ctrlKey, metaKey, altKey }: Keystroke): GridAction | null {
  if (altKey) return null;
  // Caps lock must not turn the keys off.
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey || metaKey) return WITH_CTRL[name] ?? null;
  const position = DIGITS.indexOf(name);
  return position === -1 ? (KEYS[name] ?? null) : { type: "class", position };
}

/** A word about one tile, as it is stored: naming the class that was given says that the label is correct. */
export function decisionOn({ given, suggested }: Tile, word: Word): Decision {
  switch (word.type) {
    case "keep":
      return { verdict: "correct", label: null };
    case "suggestion":
    case "label": {
      const label = word.type === "label" ? word.label : suggested;
      return label === given ? { verdict: "correct", label: null } : { verdict: "wrong", label };
    }
    default:
      return { verdict: word.type, label: null };
  }
}
