/** Listens for keys and runs the actions that `keymap.ts` assigns to them. */
import { useCommandKeys } from "./command-keys";
import { useKeyPreset } from "./key-preset";
import { type Action, actionForKey, mayRepeat } from "./keymap";

/** Calls `perform` for each shortcut of the preset, unless disabled or typed into a field. */
export function useHotkeys(enabled: boolean, perform: (action: Action) => void): void {
  const [preset] = useKeyPreset();
  useCommandKeys(enabled, (event) => {
    const action = actionForKey(event, preset);
    if (action === null) return;
    event.preventDefault();
    if (!event.repeat || mayRepeat(action)) perform(action);
  });
}
