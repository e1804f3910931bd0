import { useEffect, useEffectEvent } from "react";

import { type Action, actionForKey, belongsToTarget, mayRepeat } from "./keymap";

/** Calls `perform` for each key of the keymap, except while `enabled` is false or someone types. */
export function useHotkeys(enabled: boolean, perform: (action: Action) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || belongsToTarget(event.target, event.key)) return;
    const action = actionForKey(event);
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
