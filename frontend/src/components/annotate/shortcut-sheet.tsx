import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { KeyList, type KeyRow } from "@/components/ui/key-list";
import { useKeyPreset } from "@/lib/annotate/key-preset";
import { type Binding, keyName, type Preset, PRESET_TABLES, PRESETS } from "@/lib/annotate/keymap";
import { swipesFor } from "@/lib/annotate/swipes";

interface Props {
  open: boolean;
  onClose: () => void;
  /** Whether images come with a suggestion and its evidence. */
  hasSuggestions: boolean;
}

const SUGGESTION_ONLY: readonly string[] = ["suggestion", "neighbours", "trajectory", "filters"];

function needsSuggestion({ action }: Binding): boolean {
  return SUGGESTION_ONLY.includes(action.type === "fold" ? action.panel : action.type);
}

function choiceRows(preset: Preset): KeyRow[] {
  const keys = PRESET_TABLES[preset].choiceKeys.map(keyName);
  const tens = [keys.slice(0, 10), keys.slice(10)].filter((ten) => ten.length > 0);
  return tens.map((ten, row) => [
    [ten[0] ?? "", "–", ten.at(-1) ?? ""],
    `Classes ${row * 10 + 1} to ${row * 10 + ten.length}, in dataset order`,
  ]);
}

function PresetChoice() {
  const [preset, setPreset] = useKeyPreset();
  return (
    <fieldset className="mb-4">
      <legend className="mb-1.5 text-sm font-medium">Shortcut preset</legend>
      <div className="flex flex-wrap gap-1.5">
        {PRESETS.map((name) => (
          <label
            key={name}
            className={cx(
              "flex min-h-8 cursor-pointer items-center gap-2 rounded-md border px-3 text-sm focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent pointer-coarse:min-h-11",
              preset === name
                ? "border-accent bg-accent-soft text-accent"
                : "border-line-strong hover:border-ink",
            )}
          >
            <input
              type="radio"
              name="key-preset"
              className="accent-accent"
              checked={preset === name}
              onChange={() => {
                setPreset(name);
              }}
            />
            {PRESET_TABLES[name].name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Every shortcut of the chosen preset, and the choice of preset. */
export function ShortcutSheet({ open, onClose, hasSuggestions }: Props) {
  const [preset] = useKeyPreset();
  const bindings = PRESET_TABLES[preset].bindings.filter(
    (binding) => hasSuggestions || !needsSuggestion(binding),
  );
  const rows: (readonly [keys: readonly string[], meaning: string])[] = [
    ...choiceRows(preset),
    ...bindings.map(({ keys, meaning }) => [keys.map(keyName), meaning] as const),
  ];
  return (
    <Dialog
      title="Keyboard shortcuts"
      description="Shortcuts are off while you type in a field. Every decision is saved at once."
      open={open}
      onOpenChange={onClose}
    >
      <PresetChoice />
      <KeyList rows={rows} />
      <h3 className="mt-4 mb-1.5 text-sm font-medium">Swipes on a touch screen</h3>
      <KeyList
        rows={swipesFor(hasSuggestions).map(({ sign, meaning }) => [[sign], meaning] as const)}
      />
    </Dialog>
  );
}
