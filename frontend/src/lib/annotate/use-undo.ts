import { useRef } from "react";

import { currentReviewer } from "@/lib/reviewer";
import { toProblem } from "@/lib/problem";

import type { Decision, DecisionQueue } from "./decision-queue";
import type { Item } from "./item";
import { takeBackLatest } from "./own-words";

/** Images decided on in this tab, so that undo can show them again wherever the annotator has gone since. */
const decided = new Map<string, Item>();

export function rememberDecided(item: Item): void {
  decided.set(item.sampleId, item);
}

export interface UndoOptions {
  datasetId: string;
  classes: readonly string[];
  queue: DecisionQueue;
  /** Show the image, whose decision is open again. */
  onUndone: (item: Item) => void;
  /** Says what the undo did, or why it did nothing. */
  onNote: (note: string) => void;
}

export function describe(decision: Decision | null, given: string): string {
  switch (decision?.verdict) {
    case undefined:
      return "no verdict";
    case "correct":
      return `correct: ${given}`;
    case "wrong":
      return `wrong: ${decision.label ?? ""}`;
    case "wrong_unknown":
      return "wrong, class unknown";
    case "unsure":
      return "unsure";
    case "unusable":
      return "unusable";
  }
}

/** Undo without an end: first what this tab decided, then the reviewer's earlier words on the service. */
export function useUndo({ datasetId, classes, queue, onUndone, onNote }: UndoOptions): () => void {
  const isAsking = useRef(false);

  const undoEarlier = async () => {
    const taken = await takeBackLatest(datasetId, currentReviewer(), classes);
    if (taken === null) {
      onNote("Nothing of yours is left to undo.");
      return;
    }
    const { item, was, stands } = taken;
    queue.learn(item.sampleId, stands);
    onUndone({ ...(decided.get(item.sampleId) ?? item), before: was });
    onNote(`Taken back for ${item.fileName}: ${describe(was, item.given)}.`);
  };

  return () => {
    if (isAsking.current) return;
    const { decisions } = queue.getState();
    const sampleId = queue.undo();
    const item = sampleId === null ? undefined : decided.get(sampleId);
    if (item !== undefined) {
      onUndone({ ...item, before: decisions.get(item.sampleId) ?? null });
      onNote(`Taken back for ${item.fileName}.`);
      return;
    }
    if (sampleId !== null) {
      onNote("Taken back what waited since an earlier visit.");
      return;
    }
    if (queue.getState().unsaved > 0) {
      onNote("Undo reaches what was decided before once all is saved.");
      return;
    }
    isAsking.current = true;
    undoEarlier()
      .catch((error: unknown) => {
        const { title, detail } = toProblem(error);
        onNote(`Not undone: ${title}. ${detail}`);
      })
      .finally(() => {
        isAsking.current = false;
      });
  };
}
