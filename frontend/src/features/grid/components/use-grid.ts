import { useEffect, useEffectEvent, useState } from "react";

import { belongsToTarget } from "@/lib/annotate/keymap";

import type { BatchQueue } from "../api/batch-queue";
import type { Tile } from "../api/columns";
import { decisionOn, type GridAction, gridActionForKey, type Word } from "../api/grid-keys";
import {
  destination,
  type GridShape,
  moveTo,
  NOTHING,
  selectAll,
  type Selection,
  selectNone,
  sweepTo,
  targets,
  toggle,
} from "../api/selection";

/** More than this at one key press, and one is asked first. */
const CONFIRM_ABOVE = 500;

type Dialog =
  | { type: "none" }
  | { type: "search" }
  | { type: "help" }
  | { type: "confirm"; word: Word; count: number };

interface Options {
  shape: GridShape;
  classes: readonly string[];
  tileOf: (index: number) => Tile | null;
  queue: BatchQueue;
  /** Called at each key of the grid, so that screen readers follow. */
  onKey: () => void;
}

/** The grid's selection, its keys and what they say. */
export function useGrid({ shape, classes, tileOf, queue, onKey }: Options) {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [dialog, setDialog] = useState<Dialog>({ type: "none" });
  const [notice, setNotice] = useState("");
  const closeDialog = () => {
    setDialog({ type: "none" });
  };

  const say = (word: Word) => {
    const meant = targets(selection);
    const tiles = meant.map(tileOf).filter((tile) => tile !== null);
    closeDialog();
    if (tiles.length < meant.length) {
      setNotice("Some of these images are still being loaded. Try again in a moment.");
      return;
    }
    setNotice("");
    queue.say(tiles.map((tile) => ({ sampleId: tile.sampleId, decision: decisionOn(tile, word) })));
    const next = destination("ArrowRight", selection.focus, shape);
    if (selection.chosen.size === 0 && next !== null) setSelection(moveTo(selection, next));
  };

  const ask = (word: Word) => {
    const count = targets(selection).length;
    if (shape.total === 0) return;
    if (count > CONFIRM_ABOVE) setDialog({ type: "confirm", word, count });
    else say(word);
  };

  const perform = (action: GridAction) => {
    switch (action.type) {
      case "say":
        ask(action.word);
        break;
      case "class": {
        const label = classes[action.position];
        if (label !== undefined) ask({ type: "label", label });
        break;
      }
      case "toggle":
        setSelection(toggle(selection, selection.focus));
        break;
      case "all":
        setSelection(selectAll(selection, shape.total));
        break;
      case "none":
        setSelection(selectNone(selection));
        break;
      case "undo":
        queue.undo();
        break;
      case "search":
      case "help":
        setDialog(action);
        break;
    }
  };

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || belongsToTarget(event.target, event.key)) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const to = isPlain ? destination(event.key, selection.focus, shape) : null;
    const action = gridActionForKey(event);
    if (to === null && action === null) return;
    event.preventDefault();
    onKey();
    if (to !== null) setSelection(event.shiftKey ? sweepTo(selection, to) : moveTo(selection, to));
    else if (action !== null && !event.repeat) perform(action);
  });

  const isOpen = dialog.type !== "none";
  useEffect(() => {
    if (isOpen) return;
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, [isOpen]);

  return { selection, setSelection, dialog, closeDialog, notice, perform, say, ask };
}
