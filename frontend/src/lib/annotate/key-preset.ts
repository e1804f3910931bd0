import { useStoredString } from "@/lib/use-stored-string";

import { type Preset, PRESETS } from "./keymap";

/** The shortcut preset, stored per browser. */
export function useKeyPreset(): [Preset, (preset: Preset) => void] {
  const [stored, setStored] = useStoredString("mslg.keys");
  return [PRESETS.find((known) => known === stored) ?? "own", setStored];
}
