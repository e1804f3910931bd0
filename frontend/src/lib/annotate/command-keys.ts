/**
 * Decides whether a key is a command or belongs to what a person types: the one place for the whole app.
 *
 * Single-key commands are dead in a text field and around it (WCAG 2.1.4). Escape gives the focus back to the page, and so
 * does Enter in a field that submits nothing.
 */
import { useEffect, useEffectEvent } from "react";

const SLIDER_KEYS = ["Home", "End", "PageUp", "PageDown"];
const SLIDERS = "input[type='range']";
const TEXT_FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
const PRESSABLE = "button, a[href], summary, [role='button']";
const DIALOGS = "[role='dialog']";
/** Panels and forms that are opened for typing. */
const AROUND = `${DIALOGS}, form, [data-typing]`;

/** Whether the element is part of something that a person types in: a field, its form, its panel or a dialog. */
function isTypingPlace(element: Element): boolean {
  if (element.closest(TEXT_FIELDS) !== null) return true;
  const around = element.closest(AROUND);
  return around !== null && (around.matches(DIALOGS) || around.querySelector(TEXT_FIELDS) !== null);
}

/** Whether the focused element handles the key itself: a text field, a slider, or a button pressed by Enter or Space. */
export function belongsToTarget(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(SLIDERS) !== null) return key.startsWith("Arrow") || SLIDER_KEYS.includes(key);
  if (isTypingPlace(target)) return true;
  return (key === "Enter" || key === " ") && target.closest(PRESSABLE) !== null;
}

function listen(onKeyDown: (event: KeyboardEvent) => void): () => void {
  window.addEventListener("keydown", onKeyDown);
  return () => {
    window.removeEventListener("keydown", onKeyDown);
  };
}

/** Calls `onKey` for every key that nothing else on the page handles. */
export function useCommandKeys(enabled: boolean, onKey: (event: KeyboardEvent) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (!belongsToTarget(event.target, event.key)) onKey(event);
  });
  useEffect(() => (enabled ? listen(onKeyDown) : undefined), [enabled]);
}

/** Whether a key ends the typing in its field. A dialog handles its own keys. */
export function endsTyping({ key, target, isComposing }: KeyboardEvent): boolean {
  if (isComposing || !(target instanceof HTMLElement) || !target.matches(TEXT_FIELDS)) return false;
  if (target.closest(DIALOGS) !== null) return false;
  const submits = target.matches("textarea") || target.closest("form") !== null;
  return key === "Escape" || (key === "Enter" && !submits);
}

/** Gives the focus back to the page when the typing ends. Once per app. */
export function useTypingEnd(): void {
  useEffect(
    () =>
      listen((event) => {
        if (endsTyping(event)) (event.target as HTMLElement).blur();
      }),
    [],
  );
}

/** Moves the focus to the field of a panel that was opened for typing; false if it has none. */
export function focusField(panel: Element | null): boolean {
  const field = panel?.querySelector<HTMLElement>(`[data-typing] :is(${TEXT_FIELDS})`) ?? null;
  field?.focus();
  return field !== null;
}
