/** Which key does what while annotating. Pure, so that the sheet and the tests read the same table. */

export type Action =
  | { type: "keep" }
  | { type: "suggestion" }
  | { type: "choice"; position: number }
  | { type: "search" }
  | { type: "unknown" }
  | { type: "unsure" }
  | { type: "unusable" }
  | { type: "skip" }
  | { type: "undo" }
  | { type: "previous" }
  | { type: "next" }
  | { type: "help" };

/** The part of a keyboard event that decides. */
export interface Keystroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const KEYS: Readonly<Record<string, Action>> = {
  a: { type: "keep" },
  s: { type: "suggestion" },
  Enter: { type: "suggestion" },
  "/": { type: "search" },
  w: { type: "unknown" },
  u: { type: "unsure" },
  x: { type: "unusable" },
  " ": { type: "skip" },
  Backspace: { type: "undo" },
  ArrowLeft: { type: "previous" },
  ArrowRight: { type: "next" },
  "?": { type: "help" },
};

export function actionForKey({ key, ctrlKey, metaKey, altKey }: Keystroke): Action | null {
  if (ctrlKey || metaKey) return key.toLowerCase() === "z" && !altKey ? { type: "undo" } : null;
  if (altKey) return null;
  if (/^[1-9]$/.test(key)) return { type: "choice", position: Number(key) - 1 };
  // Caps lock must not turn the keys off.
  return KEYS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

/** Holding a key down may leaf through images, but never decide a row of them. */
export function mayRepeat(action: Action): boolean {
  return action.type === "previous" || action.type === "next";
}

const SLIDERS = "input[type='range']";
const TEXT_INPUTS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
const PRESSABLE = "button, a[href], summary, [role='button']";

/** Whether the key belongs to the element that has the focus: text being typed, a button being pressed. */
export function belongsToTarget(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(SLIDERS) !== null) return key.startsWith("Arrow");
  if (target.closest(TEXT_INPUTS) !== null) return true;
  return (key === "Enter" || key === " ") && target.closest(PRESSABLE) !== null;
}
