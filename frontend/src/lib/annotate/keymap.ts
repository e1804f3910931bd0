/** Keyboard shortcuts of the focus view: the one table behind handlers, buttons and the list of shortcuts. Pure. */

export const PANELS = [
  "neighbours",
  "trajectory",
  "guidelines",
  "metadata",
  "tags",
  "comments",
  "proposals",
  "filters",
] as const;
/** A collapsible panel of the focus view. */
export type PanelName = (typeof PANELS)[number];

export type Action =
  | { type: "keep" }
  | { type: "suggestion" }
  | { type: "choice"; position: number }
  | { type: "search" }
  | { type: "propose" }
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

/** The relevant part of a keyboard event. */
export interface Keystroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey?: boolean;
  /** Physical key: with Shift held, `key` is not the digit. */
  code?: string;
}

export const PRESETS = ["own", "prodigy", "label-studio"] as const;
/** The annotation tool whose shortcuts are used. */
export type Preset = (typeof PRESETS)[number];

/** One shortcut. Keys are named as in `KeyboardEvent.key`, prefixed with `Ctrl+` or `Shift+`. */
export interface Binding {
  action: Action;
  keys: readonly string[];
  meaning: string;
}

interface PresetTable {
  name: string;
  /** Keys of the classes, most likely class first. */
  choiceKeys: readonly string[];
  bindings: readonly Binding[];
}

const KEEP = { action: { type: "keep" }, meaning: "Keep the given label" } as const;
const SUGGESTION = { action: { type: "suggestion" }, meaning: "Use the suggestion" } as const;
const SKIP = { action: { type: "skip" }, meaning: "Skip for now" } as const;
const UNDO = { action: { type: "undo" }, meaning: "Undo the latest decision" } as const;
const PREVIOUS = { action: { type: "previous" }, meaning: "Previous image" } as const;
const NEXT = { action: { type: "next" }, meaning: "Next image" } as const;

const VERDICTS: readonly Binding[] = [
  { action: { type: "search" }, keys: ["/"], meaning: "Search for a class" },
  { action: { type: "propose" }, keys: ["p"], meaning: "Propose a class" },
  { action: { type: "unknown" }, keys: ["w"], meaning: "Wrong, class unknown" },
  { action: { type: "unsure" }, keys: ["u"], meaning: "Unsure" },
  { action: { type: "unusable" }, keys: ["x"], meaning: "Unusable image" },
];

const VIEW: readonly Binding[] = [
  { action: { type: "zoomIn" }, keys: ["+", "="], meaning: "Zoom in (also wheel or pinch)" },
  { action: { type: "zoomOut" }, keys: ["-"], meaning: "Zoom out" },
  { action: { type: "zoomReset" }, keys: ["f"], meaning: "Fit image" },
  {
    action: { type: "fold", panel: "neighbours" },
    keys: ["n"],
    meaning: "Toggle nearest neighbours",
  },
  {
    action: { type: "fold", panel: "trajectory" },
    keys: ["t"],
    meaning: "Toggle prediction history",
  },
  { action: { type: "fold", panel: "guidelines" }, keys: ["g"], meaning: "Toggle guidelines" },
  {
    action: { type: "fold", panel: "tags" },
    keys: ["l"],
    meaning: "Tag (Esc returns to the image)",
  },
  { action: { type: "fold", panel: "metadata" }, keys: ["m"], meaning: "Toggle metadata" },
  {
    action: { type: "fold", panel: "comments" },
    keys: ["c"],
    meaning: "Comment (Esc returns to the image)",
  },
  {
    action: { type: "fold", panel: "proposals" },
    keys: ["o"],
    meaning: "Toggle proposed classes",
  },
  { action: { type: "fold", panel: "filters" }, keys: ["v"], meaning: "Toggle filters" },
  { action: { type: "help" }, keys: ["?"], meaning: "Show shortcuts" },
];

/** In keyboard order: `0` is the tenth. */
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

/** Actions without a shortcut in the other tool keep the default one. */
export const PRESET_TABLES: Readonly<Record<Preset, PresetTable>> = {
  own: { name: "Default", choiceKeys: DIGITS, bindings: PLAIN },
  prodigy: {
    name: "Prodigy",
    choiceKeys: [...DIGITS, ...DIGITS.map((digit) => `Shift+${digit}`)],
    // Prodigy's `a` accepts the shown label; here it keeps the given one.
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
  // Shortcuts ignore Caps Lock.
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
  Enter: "↵",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** Display name of a key: `Ctrl+ ` is `Ctrl+Space`. */
export function keyName(key: string): string {
  const [, held = "", last = key] = /^((?:Ctrl|Shift)\+)(.+)$/.exec(key) ?? [];
  const shown = SHOWN[last] ?? (last.length === 1 ? last.toUpperCase() : last);
  return `${held === "Shift+" ? "⇧" : held}${shown}`;
}

/** The first key of an action, shown on its button. */
export function keyHint(preset: Preset, type: Action["type"], panel?: PanelName): string {
  const binding = PRESET_TABLES[preset].bindings.find(
    ({ action }) => action.type === type && (action.type !== "fold" || action.panel === panel),
  );
  return keyName(binding?.keys[0] ?? "");
}

/** Whether an action repeats while its key is held: moving and zooming do, decisions do not. */
export function mayRepeat({ type }: Action): boolean {
  return type === "previous" || type === "next" || type === "zoomIn" || type === "zoomOut";
}
