import { useState } from "react";

import type { Action } from "./keymap";
import type { Decision, DecisionQueue, QueueState } from "./decision-queue";
import { useQueueState } from "./decision-queues";
import { useHotkeys } from "./use-hotkeys";

/** One image to settle, and the classes in the order of the number keys. */
export interface Item {
  sampleId: string;
  fileName: string;
  given: string;
  suggested: string | null;
  choices: readonly string[];
}

export type OpenDialog = "none" | "search" | "help";

export interface Annotator {
  index: number;
  state: QueueState;
  dialog: OpenDialog;
  setDialog: (dialog: OpenDialog) => void;
  perform: (action: Action) => void;
  chooseClass: (label: string) => void;
  goTo: (index: number) => void;
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
export function classDecision(label: string, { given }: Item): Decision {
  return label === given ? { verdict: "correct", label: null } : { verdict: "wrong", label };
}

/** A place in a list; another list, told by its name, starts at its top. */
function useIndex(listName: string): [number, (index: number) => void] {
  const [place, setPlace] = useState({ listName, index: 0 });
  const index = place.listName === listName ? place.index : 0;
  const setIndex = (next: number) => {
    setPlace({ listName, index: next });
  };
  return [index, setIndex];
}

/** Walks a list of items by key: decide and advance, undo and return, leaf back and forth. */
export function useAnnotator(
  items: readonly Item[],
  queue: DecisionQueue,
  listName: string,
): Annotator {
  const [index, setIndex] = useIndex(listName);
  const [dialog, setDialog] = useState<OpenDialog>("none");
  const state = useQueueState(queue);
  const item = items[index];

  // One step past the last item is where "nothing left" is shown.
  const goTo = (next: number) => {
    setIndex(Math.max(0, Math.min(next, items.length)));
  };

  const decide = (decision: Decision) => {
    if (item === undefined) return;
    queue.decide(item.sampleId, decision);
    goTo(index + 1);
  };

  const undo = () => {
    const sampleId = queue.undo();
    const at = items.findIndex((other) => other.sampleId === sampleId);
    if (at >= 0) goTo(at);
  };

  const perform = (action: Action) => {
    if (action.type === "undo") undo();
    else if (action.type === "previous") goTo(index - 1);
    else if (action.type === "next" || action.type === "skip") goTo(index + 1);
    else if (action.type === "search" || action.type === "help") setDialog(action.type);
    else if (item !== undefined) {
      const decision = decisionFor(action, item);
      if (decision !== null) decide(decision);
    }
  };

  const chooseClass = (label: string) => {
    setDialog("none");
    if (item !== undefined) decide(classDecision(label, item));
  };

  useHotkeys(dialog === "none", perform);

  return { index, state, dialog, setDialog, perform, chooseClass, goTo };
}
