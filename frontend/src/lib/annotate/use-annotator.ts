import { useState } from "react";

import type { Decision, DecisionQueue, QueueState } from "./decision-queue";
import { useQueueState } from "./decision-queues";
import type { Item } from "./item";
import type { Action } from "./keymap";
import { useHotkeys } from "./use-hotkeys";
import { describe, rememberDecided, useUndo } from "./use-undo";

export type OpenDialog = "none" | "search" | "help";

export interface Annotator {
  index: number;
  state: QueueState;
  dialog: OpenDialog;
  /** What was decided or undone last, in words. */
  note: string;
  setDialog: (dialog: OpenDialog) => void;
  perform: (action: Action) => void;
  chooseClass: (label: string) => void;
  goTo: (index: number) => void;
}

interface Options {
  datasetId: string;
  classes: readonly string[];
  items: readonly Item[];
  /** Another list, told by its name, starts at its top. */
  listName: string;
  queue: DecisionQueue;
  /** Puts an image of earlier at this place of the list, unless it is in it; returns its place. */
  bringBack: (item: Item, at: number) => number;
  /** Does what concerns the view alone: zoom, panels. */
  onView?: (action: Action) => void;
}

export function decisionFor(action: Action, item: Item): Decision | null {
  switch (action.type) {
    case "keep":
      return classDecision(item.given, item);
    case "suggestion":
      return item.suggested === null ? null : classDecision(item.suggested, item);
    case "choice": {
      const label = item.choices[action.position];
      return label === undefined ? null : classDecision(label, item);
    }
    case "unknown":
      return { verdict: "wrong_unknown", label: null };
    case "unsure":
    case "unusable":
      return { verdict: action.type, label: null };
    default:
      return null;
  }
}

/** Naming the class that was given already says that the label is correct. */
export function classDecision(label: string, { given }: Pick<Item, "given">): Decision {
  return label === given ? { verdict: "correct", label: null } : { verdict: "wrong", label };
}

function useIndex(listName: string): [number, (index: number) => void] {
  const [place, setPlace] = useState({ listName, index: 0 });
  const index = place.listName === listName ? place.index : 0;
  const setIndex = (next: number) => {
    setPlace({ listName, index: next });
  };
  return [index, setIndex];
}

/** Walks a list of items by key: decide and advance, undo and return, leaf back and forth. */
export function useAnnotator(options: Options): Annotator {
  const { items, listName, queue, bringBack, onView } = options;
  const [index, setIndex] = useIndex(listName);
  const [dialog, setDialog] = useState<OpenDialog>("none");
  const state = useQueueState(queue);
  const [note, setNote] = useState("");
  const undo = useUndo({
    ...options,
    onUndone: (undone) => {
      setIndex(bringBack(undone, index));
    },
    onNote: setNote,
  });
  const item = items[index];

  // One step past the last item is where "nothing left" is shown.
  const goTo = (next: number) => {
    setIndex(Math.max(0, Math.min(next, items.length)));
  };

  const decide = (decision: Decision) => {
    if (item === undefined) return;
    rememberDecided(item);
    queue.decide(item.sampleId, decision, item.jobId);
    setNote(`${item.fileName} is ${describe(decision, item.given)}`);
    goTo(index + 1);
  };

  const perform = (action: Action) => {
    if (action.type === "undo") undo();
    else if (action.type === "previous") goTo(index - 1);
    else if (action.type === "next" || action.type === "skip") goTo(index + 1);
    else if (action.type === "search" || action.type === "help") setDialog(action.type);
    else {
      const decision = item === undefined ? null : decisionFor(action, item);
      if (decision === null) onView?.(action);
      else decide(decision);
    }
  };

  const chooseClass = (label: string) => {
    setDialog("none");
    if (item !== undefined) decide(classDecision(label, item));
  };

  useHotkeys(dialog === "none", perform);

  return { index, state, dialog, note, setDialog, perform, chooseClass, goTo };
}
