/** Decisions that were refused because somebody decided otherwise meanwhile. Kept in the browser until a person chooses. */
import { useSyncExternalStore } from "react";

import type { ProblemConflict } from "@/lib/client/types";
import type { Problem } from "@/lib/problem";
import { readList, writeList } from "@/lib/storage";

import type { Decision } from "./decision";

const CODE = "decided_meanwhile";

export interface Conflict {
  sampleId: string;
  fileName: string;
  yours: Decision;
  theirs: Decision & { id: string; reviewer: string; createdAt: string };
  /** The job whose ranking served the sample; null without one. */
  jobId: string | null;
}

interface Answer {
  verdict: string;
  label?: string | null;
}

function decisionOf({ verdict, label }: Answer): Decision {
  // In this UI, `correct` has no label.
  return {
    verdict: verdict as Decision["verdict"],
    label: verdict === "correct" ? null : (label ?? null),
  };
}

function toConflict(item: ProblemConflict, jobId: string | null): Conflict {
  const { id, reviewer, created_at } = item.theirs;
  return {
    sampleId: item.sample_id,
    fileName: item.file_name,
    yours: decisionOf(item.yours),
    theirs: { ...decisionOf(item.theirs), id, reviewer, createdAt: created_at },
    jobId,
  };
}

/** The conflicts that a response reports; null if it reports another problem. */
export function readConflicts(problem: Problem, jobId: string | null): Conflict[] | null {
  if (problem.code !== CODE || problem.conflicts === undefined) return null;
  return problem.conflicts.map((item) => toConflict(item, jobId));
}

function isConflict(value: unknown): value is Conflict {
  return typeof value === "object" && value !== null && "yours" in value && "theirs" in value;
}

/** The open conflicts of a dataset, at most one per sample. */
export class ConflictList {
  private items: readonly Conflict[];
  private listeners = new Set<() => void>();

  constructor(private readonly storageKey: string) {
    this.items = readList(storageKey, isConflict);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): readonly Conflict[] => this.items;

  add(conflicts: readonly Conflict[]): void {
    this.replace(conflicts, conflicts);
  }

  /** The person has chosen. */
  remove(conflicts: readonly Conflict[]): void {
    this.replace(conflicts, []);
  }

  private replace(old: readonly Conflict[], added: readonly Conflict[]): void {
    const gone = new Set(old.map(({ sampleId }) => sampleId));
    this.items = [...this.items.filter(({ sampleId }) => !gone.has(sampleId)), ...added];
    writeList(this.storageKey, this.items);
    for (const listener of this.listeners) listener();
  }
}

const lists = new Map<string, ConflictList>();

export function conflictsOf(datasetId: string): ConflictList {
  const known = lists.get(datasetId) ?? new ConflictList(`mslg.conflicts.${datasetId}`);
  lists.set(datasetId, known);
  return known;
}

export function useConflicts(datasetId: string): readonly Conflict[] {
  const list = conflictsOf(datasetId);
  return useSyncExternalStore(list.subscribe, list.getState);
}
