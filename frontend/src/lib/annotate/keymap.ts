/** Which key does what while annotating. Pure, so that the sheet, the buttons and the tests read the same tables. */

export const PANELS = ["neighbours", "trajectory", "guidelines", "comments", "filters"] as const;
/** A part of the focus view that folds. */
export type PanelName = (typeof PANELS)[number];

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
  | { type: "zoomIn" }
  | { type: "zoomOut" }
  | { type: "zoomReset" }
  | { type: "fold"; panel: PanelName }
  | { type: "help" };

/** The part of a keyboard event that decides. */
export interface Keystroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey?: boolean;
  /** The place on the keyboard: with Shift, `key` is no digit any more. */
  code?: string;
}

export const PRESETS = ["own", "prodigy", "label-studio"] as const;
/** The habits of which tool the keys follow. */
export type Preset = (typeof PRESETS)[number];

/** A row of the sheet. Keys are written as in `KeyboardEvent.key`, after `Ctrl+` or `Shift+` where these are held. */
export interface Binding {
  action: Action;
  keys: readonly string[];
  meaning: string;
}

interface PresetTable {
  name: string;
  /** The keys of the classes, the most likely class first. */
  choiceKeys: readonly string[];
  bindings: readonly Binding[];
}

const KEEP = { action: { type: "keep" }, meaning: "Keep the given label" } as const;
const SUGGESTION = { action: { type: "suggestion" }, meaning: "Take the suggestion" } as const;
const SKIP = { action: { type: "skip" }, meaning: "Skip for now" } as const;
const UNDO = { action: { type: "undo" }, meaning: "Undo a decision, the latest first" } as const;
const PREVIOUS = { action: { type: "previous" }, meaning: "Back to the image before" } as const;
const NEXT = { action: { type: "next" }, meaning: "On to the next image" } as const;

const VERDICTS: readonly Binding[] = [
  { action: { type: "search" }, keys: ["/"], meaning: "Search a class by name" },
  { action: { type: "unknown" }, keys: ["w"], meaning: "Wrong, but the right class is not known" },
  { action: { type: "unsure" }, keys: ["u"], meaning: "Unsure" },
  { action: { type: "unusable" }, keys: ["x"], meaning: "Unusable image" },
];

const VIEW: readonly Binding[] = [
  { action: { type: "zoomIn" }, keys: ["+", "="], meaning: "Zoom in (also wheel, pinch)" },
  { action: { type: "zoomOut" }, keys: ["-"], meaning: "Zoom out" },
  { action: { type: "zoomReset" }, keys: ["f"], meaning: "Fit the whole image" },
  { action: { type: "fold", panel: "neighbours" }, keys: ["n"], meaning: "Fold: alike images" },
  { action: { type: "fold", panel: "trajectory" }, keys: ["t"], meaning: "Fold: network by epoch" },
  { action: { type: "fold", panel: "guidelines" }, keys: ["g"], meaning: "Fold: guidelines" },
  { action: { type: "fold", panel: "comments" }, keys: ["c"], meaning: "Fold: comments" },
  { action: { type: "fold", panel: "filters" }, keys: ["v"], meaning: "Fold: filters" },
  { action: { type: "help" }, keys: ["?"], meaning: "This sheet" },
];

/** As they lie on a keyboard: `0` is the tenth. */
export const DIGITS: readonly string[] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

const PLAIN: readonly Binding[] = [
  { ...KEEP, keys: ["a"] },
  { ...SUGGESTION, keys: ["s", "Enter"] },
  ...VERDICTS,
  { ...SKIP, keys: [" "] },
  { ...UNDO, keys: ["Backspace", "Ctrl+z"] },
  { ...PREVIOUS, keys: ["ArrowLeft"] },
  { ...NEXT, keys: ["ArrowRight"] },
  ...VIEW,
];

/** What a tool has no key for keeps our own. */
export const PRESET_TABLES: Readonly<Record<Preset, PresetTable>> = {
  own: { name: "Own", choiceKeys: DIGITS, bindings: PLAIN },
  prodigy: {
    name: "Prodigy",
    choiceKeys: [...DIGITS, ...DIGITS.map((digit) => `Shift+${digit}`)],
    // There, `a` accepts whatever is shown; here two labels are, and the given one is what it keeps.
    bindings: PLAIN,
  },
  "label-studio": {
    name: "Label Studio",
    choiceKeys: DIGITS,
    bindings: [
      { ...KEEP, keys: ["Ctrl+Enter"] },
      { ...SUGGESTION, keys: ["s"] },
      ...VERDICTS,
      { ...SKIP, keys: ["Ctrl+ "] },
      { ...UNDO, keys: ["Ctrl+z", "Backspace"] },
      { ...PREVIOUS, keys: ["Ctrl+ArrowLeft"] },
      { ...NEXT, keys: ["Ctrl+ArrowRight"] },
      ...VIEW,
    ],
  },
};

function tableOf({ choiceKeys, bindings }: PresetTable): ReadonlyMap<string, Action> {
  return new Map<string, Action>([
    ...bindings.flatMap(({ action, keys }) => keys.map((key) => [key, action] as const)),
    ...choiceKeys.map((key, position) => [key, { type: "choice", position }] as const),
  ]);
}

const ACTIONS: Readonly<Record<Preset, ReadonlyMap<string, Action>>> = {
  own: tableOf(PRESET_TABLES.own),
  prodigy: tableOf(PRESET_TABLES.prodigy),
  "label-studio": tableOf(PRESET_TABLES["label-studio"]),
};

export function actionForKey(stroke: Keystroke, preset: Preset = "own"): Action | null {
  const { key, ctrlKey, metaKey, altKey, shiftKey, code } = stroke;
  if (altKey) return null;
  const actions = ACTIONS[preset];
  // Caps lock must not turn the keys off.
  const plain = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey || metaKey) return actions.get(`Ctrl+${plain}`) ?? null;
  const digit = /^Digit([0-9])$/.exec(code ?? "")?.[1];
  const shifted = shiftKey === true && digit !== undefined && actions.get(`Shift+${digit}`);
  if (shifted) return shifted;
  return actions.get(plain) ?? null;
}

const SHOWN: Readonly<Record<string, string>> = {
  " ": "Space",
  Backspace: "⌫",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** A key as it is printed on a keyboard: `Ctrl+ ` is `Ctrl+Space`. */
export function keyName(key: string): string {
  const [, held = "", last = key] = /^((?:Ctrl|Shift)\+)(.+)$/.exec(key) ?? [];
  const shown = SHOWN[last] ?? (last.length === 1 ? last.toUpperCase() : last);
  return `${held === "Shift+" ? "⇧" : held}${shown}`;
}

/** The key that a button shows; the first of those that do the same. */
export function keyHint(preset: Preset, type: Action["type"], panel?: PanelName): string {
  const binding = PRESET_TABLES[preset].bindings.find(
    ({ action }) => action.type === type && (action.type !== "fold" || action.panel === panel),
  );
  return keyName(binding?.keys[0] ?? "");
}

/** Holding a key down may leaf through images and zoom, but never decide a row of them. */
export function mayRepeat({ type }: Action): boolean {
  return type === "previous" || type === "next" || type === "zoomIn" || type === "zoomOut";
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
