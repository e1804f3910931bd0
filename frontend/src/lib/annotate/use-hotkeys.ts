/** Listens for keys and runs the actions that `keymap.ts` assigns to them. */
import { useEffect, useEffectEvent } from "react";

import { useKeyPreset } from "./key-preset";
import { type Action, actionForKey, belongsToTarget, mayRepeat } from "./keymap";

/** Calls `perform` for each shortcut of the preset, unless disabled or typed into a field. */
export function useHotkeys(enabled: boolean, perform: (action: Action) => void): void {
  const [preset] = useKeyPreset();
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || belongsToTarget(event.target, event.key)) return;
    const action = actionForKey(event, preset);
    if (action === null) return;
    event.preventDefault();
    if (!event.repeat || mayRepeat(action)) perform(action);
  });

  useEffect(() => {
    if (!enabled) return;
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, [enabled]);
}
