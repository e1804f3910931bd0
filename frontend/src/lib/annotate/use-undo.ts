import { useRef } from "react";

import { currentReviewer } from "@/lib/reviewer";
import { toProblem } from "@/lib/problem";

import { describeDecision } from "./decision";
import type { DecisionQueue } from "./decision-queue";
import type { Item } from "./item";
import { undoLatest } from "./own-decisions";

/** Items decided in this tab, so that undo can show them again on another page. */
const decided = new Map<string, Item>();

export function rememberDecided(item: Item): void {
  decided.set(item.sampleId, item);
}

export interface UndoOptions {
  datasetId: string;
  classes: readonly string[];
  queue: DecisionQueue;
  /** Shows the image whose decision was undone. */
  onUndone: (item: Item) => void;
  /** Reports what the undo did, or why it did nothing. */
  onNote: (note: string) => void;
}

/** Unlimited undo: first the decisions of this tab, then the reviewer's earlier ones on the service. */
export function useUndo({ datasetId, classes, queue, onUndone, onNote }: UndoOptions): () => void {
  const isAsking = useRef(false);

  const undoEarlier = async () => {
    const undone = await undoLatest(datasetId, currentReviewer(), classes);
    if (undone === null) {
      onNote("Nothing left to undo.");
      return;
    }
    const { item, withdrawn, active } = undone;
    queue.learn(item.sampleId, active);
    onUndone({ ...(decided.get(item.sampleId) ?? item), before: withdrawn });
    const text = withdrawn === null ? "" : `, ${describeDecision(withdrawn, item.given)}`;
    onNote(`Undone: ${item.fileName}${text}`);
  };

  return () => {
    if (isAsking.current) return;
    const { decisions } = queue.getState();
    const sampleId = queue.undo();
    const item = sampleId === null ? undefined : decided.get(sampleId);
    if (item !== undefined) {
      onUndone({ ...item, before: decisions.get(item.sampleId) ?? null });
      onNote(`Undone: ${item.fileName}`);
      return;
    }
    if (sampleId !== null) {
      onNote("Undone: an unsaved decision from an earlier visit");
      return;
    }
    if (queue.getState().unsaved > 0) {
      onNote("Earlier decisions can be undone once all is saved.");
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
