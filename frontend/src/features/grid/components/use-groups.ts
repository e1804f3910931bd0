import { useState } from "react";

import { useCommandKeys } from "@/lib/annotate/command-keys";
import type { Tile } from "@/lib/tile";

import type { BatchQueue } from "../api/batch-queue";
import { type BulkDecision, type GridAction, gridActionForKey } from "../api/grid-keys";
import { decisionInGroup, type Group } from "../api/groups";
import { destination, type GridShape } from "../api/selection";

type Dialog = "none" | "search" | "help";

interface Options {
  groups: readonly Group[];
  shape: GridShape;
  classes: readonly string[];
  queue: BatchQueue;
  /** Called when a key moves the focus. */
  onFocus: (index: number) => void;
  /** Opens all images like this one. */
  onSimilar: (tile: Tile) => void;
}

/** Focus, keyboard handling and decisions of the groups of duplicates. */
export function useGroups({ groups, shape, classes, queue, onFocus, onSimilar }: Options) {
  const [focus, setFocus] = useState(0);
  const [dialog, setDialog] = useState<Dialog>("none");

  const focusOn = (index: number) => {
    setFocus(index);
    onFocus(index);
  };
  const decide = (index: number, decision: BulkDecision) => {
    const group = groups[index];
    if (group === undefined) return;
    queue.decide(
      group.tiles.map((tile) => ({
        sampleId: tile.sampleId,
        decision: decisionInGroup(group, tile, decision),
        seen: tile.seen,
      })),
    );
    focusOn(Math.min(groups.length - 1, index + 1));
  };

  const perform = (action: GridAction) => {
    switch (action.type) {
      case "decide":
        decide(focus, action.decision);
        break;
      case "class": {
        const label = classes[action.position];
        if (label !== undefined) decide(focus, { type: "label", label });
        break;
      }
      case "similar": {
        const tile = groups[focus]?.tiles[0];
        if (tile !== undefined) onSimilar(tile);
        break;
      }
      case "undo":
        queue.undo();
        break;
      case "search":
      case "help":
        setDialog(action.type);
        break;
      default:
        // Groups have no selection: a decision is on the whole group.
        break;
    }
  };

  useCommandKeys(dialog === "none", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const to = isPlain ? destination(event.key, focus, shape) : null;
    const action = gridActionForKey(event);
    if (to === null && action === null) return;
    event.preventDefault();
    if (to !== null) focusOn(to);
    else if (action !== null && !event.repeat) perform(action);
  });

  return {
    focus,
    setFocus,
    dialog,
    closeDialog: () => {
      setDialog("none");
    },
    perform,
    decide,
  };
}
