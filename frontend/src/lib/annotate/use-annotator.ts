import { useState } from "react";

import { type Decision, decisionForLabel, describeDecision } from "./decision";
import type { DecisionQueue, QueueState } from "./decision-queue";
import { useQueueState } from "./decision-queues";
import type { Item } from "./item";
import type { Action } from "./keymap";
import { useHotkeys } from "./use-hotkeys";
import { rememberDecided, useUndo } from "./use-undo";

export type OpenDialog = "none" | "search" | "propose" | "help";

export interface Annotator {
  index: number;
  state: QueueState;
  dialog: OpenDialog;
  /** The latest decision or undo, as text. */
  note: string;
  setDialog: (dialog: OpenDialog) => void;
  setNote: (note: string) => void;
  perform: (action: Action) => void;
  chooseClass: (label: string) => void;
  goTo: (index: number) => void;
}

interface Options {
  datasetId: string;
  classes: readonly string[];
  items: readonly Item[];
  /** Identifies the list: another name starts at the first item. */
  listName: string;
  queue: DecisionQueue;
  /** Inserts an earlier image at an index, unless it is listed; returns its index. */
  bringBack: (item: Item, at: number) => number;
  /** Places of classes among `classes`, by their own keys. */
  places?: ReadonlyMap<string, number>;
  /** Handles actions of the view: zoom and panels. */
  onView?: (action: Action) => void;
}

export function decisionFor(action: Action, item: Item): Decision | null {
  switch (action.type) {
    case "keep":
      return decisionForLabel(item.given, item.given);
    case "suggestion":
      return item.suggested === null ? null : decisionForLabel(item.suggested, item.given);
    case "choice": {
      const label = item.choices[action.position];
      return label === undefined ? null : decisionForLabel(label, item.given);
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

function useIndex(listName: string): [number, (index: number) => void] {
  const [place, setPlace] = useState({ listName, index: 0 });
  const index = place.listName === listName ? place.index : 0;
  const setIndex = (next: number) => {
    setPlace({ listName, index: next });
  };
  return [index, setIndex];
}

/** Works through a list of items: decide and advance, undo and return, move back and forth. */
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

  // The index after the last item shows the end of the list.
  const goTo = (next: number) => {
    setIndex(Math.max(0, Math.min(next, items.length)));
  };

  const decide = (decision: Decision) => {
    if (item === undefined) return;
    rememberDecided(item);
    queue.decide(item.sampleId, decision, item.jobId, item.seen);
    setNote(`${item.fileName}: ${describeDecision(decision, item.given)}`);
    goTo(index + 1);
  };

  const perform = (action: Action) => {
    if (action.type === "undo") undo();
    else if (action.type === "previous") goTo(index - 1);
    else if (action.type === "next" || action.type === "skip") goTo(index + 1);
    else if (action.type === "search" || action.type === "help") setDialog(action.type);
    else if (action.type === "propose") setDialog(item === undefined ? "none" : "propose");
    else {
      const decision = item === undefined ? null : decisionFor(action, item);
      if (decision === null) onView?.(action);
      else decide(decision);
    }
  };

  const chooseClass = (label: string) => {
    setDialog("none");
    if (item !== undefined) decide(decisionForLabel(label, item.given));
  };

  useHotkeys(dialog === "none", perform, options.places);

  return { index, state, dialog, note, setDialog, setNote, perform, chooseClass, goTo };
}
