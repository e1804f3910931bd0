/** Listens for keys and runs the actions that `keymap.ts` assigns to them. */
import { useCommandKeys } from "./command-keys";
import { useKeyPreset } from "./key-preset";
import { type Action, actionForKey, mayRepeat } from "./keymap";

const NO_PLACES: ReadonlyMap<string, number> = new Map();

/** A key that was given to a class chooses it, whatever it does otherwise. */
function choiceForKey(event: KeyboardEvent, places: ReadonlyMap<string, number>): Action | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const position = places.get(event.key.toLowerCase());
  return position === undefined ? null : { type: "choice", position };
}

/** Calls `perform` for each shortcut of the preset, unless disabled or typed into a field. */
export function useHotkeys(
  enabled: boolean,
  perform: (action: Action) => void,
  /** Places of classes among the choices, by their own keys. */
  places: ReadonlyMap<string, number> = NO_PLACES,
): void {
  const [preset] = useKeyPreset();
  useCommandKeys(enabled, (event) => {
    const action = choiceForKey(event, places) ?? actionForKey(event, preset);
    if (action === null) return;
    event.preventDefault();
    if (!event.repeat || mayRepeat(action)) perform(action);
  });
}
