import { useStoredString } from "@/lib/use-stored-string";

import { type Preset, PRESETS } from "./keymap";

/** The keys that this browser's user is used to, the same on every page. */
export function useKeyPreset(): [Preset, (preset: Preset) => void] {
  const [stored, setStored] = useStoredString("mslg.keys");
  return [PRESETS.find((known) => known === stored) ?? "own", setStored];
}
