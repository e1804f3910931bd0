/** What each swipe does: the one table behind the gesture, its hint and the list of shortcuts. Pure. */
import type { Item } from "./item";
import type { Action } from "./keymap";
import type { Direction } from "./use-swipe";

export interface SwipeMeaning {
  direction: Direction;
  sign: string;
  action: Action;
  meaning: string;
}

/** Every swipe has a button and a shortcut with the same action. */
export function swipesFor(hasSuggestion: boolean): readonly SwipeMeaning[] {
  return [
    hasSuggestion
      ? {
          direction: "left",
          sign: "←",
          action: { type: "suggestion" },
          meaning: "Use the suggestion",
        }
      : { direction: "left", sign: "←", action: { type: "search" }, meaning: "Other class" },
    { direction: "up", sign: "↑", action: { type: "skip" }, meaning: "Skip for now" },
    { direction: "right", sign: "→", action: { type: "keep" }, meaning: "Keep the given label" },
  ];
}

/** The swipe in this direction on this image. */
export function swipeOf(direction: Direction, item: Pick<Item, "suggested">): SwipeMeaning | null {
  return swipesFor(item.suggested !== null).find((swipe) => swipe.direction === direction) ?? null;
}
