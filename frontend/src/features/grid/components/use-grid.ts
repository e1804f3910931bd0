import { useState } from "react";

import { useCommandKeys } from "@/lib/annotate/command-keys";
import type { Tile } from "@/lib/tile";

import type { BatchQueue } from "../api/batch-queue";
import { type BulkDecision, decisionOn, type GridAction, gridActionForKey } from "../api/grid-keys";
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

/** Decisions on more images need a confirmation. */
const CONFIRM_ABOVE = 500;

type Dialog =
  | { type: "none" }
  | { type: "search" }
  | { type: "help" }
  | { type: "remove" | "split"; sampleIds: string[] }
  | { type: "tag"; sampleIds: readonly string[] }
  | { type: "confirm"; decision: BulkDecision; count: number };

interface Options {
  shape: GridShape;
  classes: readonly string[];
  tileOf: (index: number) => Tile | null;
  queue: BatchQueue;
  /** Called on each key of the grid: moves the focus there for screen readers. */
  onKey: () => void;
  /** Opens all images like this one. */
  onSimilar: (tile: Tile) => void;
}

/** Selection, keyboard handling and decisions of the grid. */
export function useGrid({ shape, classes, tileOf, queue, onKey, onSimilar }: Options) {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [dialog, setDialog] = useState<Dialog>({ type: "none" });
  const [notice, setNotice] = useState("");
  const closeDialog = () => {
    setDialog({ type: "none" });
  };

  /** The selected images; null with a notice while some are loading. */
  const selectedTiles = (): Tile[] | null => {
    const indices = targets(selection);
    const tiles = indices.map(tileOf).filter((tile) => tile !== null);
    const isComplete = tiles.length === indices.length;
    setNotice(isComplete ? "" : "Some of these images are still loading. Try again in a moment.");
    return isComplete ? tiles : null;
  };

  const apply = (decision: BulkDecision) => {
    closeDialog();
    const tiles = selectedTiles();
    if (tiles === null) return;
    queue.decide(
      tiles.map((tile) => ({
        sampleId: tile.sampleId,
        decision: decisionOn(tile, decision),
        seen: tile.seen,
      })),
    );
    const next = destination("ArrowRight", selection.focus, shape);
    if (selection.chosen.size === 0 && next !== null) setSelection(moveTo(selection, next));
  };

  const decide = (decision: BulkDecision) => {
    const count = targets(selection).length;
    if (shape.total === 0) return;
    if (count > CONFIRM_ABOVE) setDialog({ type: "confirm", decision, count });
    else apply(decision);
  };

  const perform = (action: GridAction) => {
    switch (action.type) {
      case "decide":
        decide(action.decision);
        break;
      case "class": {
        const label = classes[action.position];
        if (label !== undefined) decide({ type: "label", label });
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
      case "similar": {
        const tile = tileOf(selection.focus);
        if (tile !== null) onSimilar(tile);
        break;
      }
      case "open": {
        const tile = tileOf(selection.focus);
        if (tile !== null) window.open(`/images/${tile.sampleId}`, "_blank");
        break;
      }
      case "remove":
      case "split": {
        const sampleIds = selectedTiles()?.map((tile) => tile.sampleId) ?? [];
        if (sampleIds.length > 0) setDialog({ type: action.type, sampleIds });
        break;
      }
      case "tag": {
        const tiles = shape.total === 0 ? null : selectedTiles();
        if (tiles === null) break;
        setDialog({ type: "tag", sampleIds: tiles.map(({ sampleId }) => sampleId) });
        break;
      }
      case "search":
      case "help":
        setDialog(action);
        break;
    }
  };

  useCommandKeys(dialog.type === "none", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const to = isPlain ? destination(event.key, selection.focus, shape) : null;
    const action = gridActionForKey(event);
    if (to === null && action === null) return;
    event.preventDefault();
    onKey();
    if (to !== null) setSelection(event.shiftKey ? sweepTo(selection, to) : moveTo(selection, to));
    else if (action !== null && !event.repeat) perform(action);
  });

  return { selection, setSelection, dialog, closeDialog, notice, perform, decide, apply };
}
