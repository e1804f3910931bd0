/**
 * Decisions about many samples at once that save themselves.
 *
 * A batch shows at once and is sent in the background, in the order it was made; undo sends its opposite. Batches that
 * could not be sent for now are tried again, ever more slowly, and wait in localStorage meanwhile. What the service
 * refuses for good is taken back and said aloud.
 */
import type { Decision, QueueState } from "@/lib/annotate/decision-queue";
import type { BatchItem } from "@/lib/client/types";
import { isTemporary, type Problem, toProblem } from "@/lib/problem";
import { readStored, writeStored } from "@/lib/storage";

/** The most that one request takes. */
export const MAX_BATCH = 1000;

/** One request: what one reviewer says about up to `MAX_BATCH` samples. */
export interface Batch {
  reviewer: string;
  items: readonly BatchItem[];
}

export interface Said {
  sampleId: string;
  decision: Decision;
}

/** A person's one act, however many requests it takes. */
interface Act {
  batches: readonly Batch[];
  before: ReadonlyMap<string, Decision | undefined>;
}

interface Options {
  /** The job whose ranking led to the samples. */
  jobId: string;
  send: (batch: Batch) => Promise<void>;
  reviewer: () => string;
  storageKey: string;
  /** Milliseconds to wait before the n-th try, n from 1. */
  delay?: (tries: number) => number;
}

function defaultDelay(tries: number): number {
  return Math.min(30_000, 500 * 2 ** tries);
}

function opposite({ reviewer, items }: Batch): Batch {
  return {
    reviewer,
    items: items.map(({ sample_id }) => ({ sample_id, verdict: "withdrawn", label: null })),
  };
}

export class BatchQueue {
  private decisions = new Map<string, Decision>();
  private history: Act[] = [];
  private waiting: Batch[];
  private sending: Batch | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private problem: Problem | null = null;
  private refused: Batch[] = [];
  private saved = 0;
  private listeners = new Set<() => void>();
  private state: QueueState;

  constructor(private readonly options: Options) {
    this.waiting = restore(options.storageKey);
    for (const batch of this.waiting) this.show(batch);
    this.state = this.snapshot();
    this.pump();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): QueueState => this.state;

  say(said: readonly Said[]): void {
    if (said.length === 0) return;
    const reviewer = this.options.reviewer();
    const before = new Map(said.map(({ sampleId }) => [sampleId, this.decisions.get(sampleId)]));
    const batches: Batch[] = [];
    for (let start = 0; start < said.length; start += MAX_BATCH) {
      const items = said
        .slice(start, start + MAX_BATCH)
        .map(({ sampleId, decision }) => ({ sample_id: sampleId, ...decision }));
      batches.push({ reviewer, items });
    }
    for (const { sampleId, decision } of said) this.decisions.set(sampleId, decision);
    this.history.push({ batches, before });
    this.waiting.push(...batches);
    this.pump();
  }

  /** Take the latest act back; returns how many samples it was about. */
  undo(): number {
    const act = this.history.pop();
    if (act === undefined) return 0;
    this.bringBack(act);
    const unsent = new Set(act.batches.filter((batch) => this.waiting.includes(batch)));
    this.waiting = this.waiting.filter((batch) => !unsent.has(batch));
    this.waiting.push(...act.batches.filter((batch) => !unsent.has(batch)).map(opposite));
    this.pump();
    return act.before.size;
  }

  /** Try again at once, whatever the time that was left to wait. */
  retryNow = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pump();
  };

  dismissRefused = (): void => {
    this.refused = [];
    this.problem = null;
    this.publish();
  };

  private bringBack({ before }: Act): void {
    for (const [sampleId, decision] of before) {
      if (decision === undefined) this.decisions.delete(sampleId);
      else this.decisions.set(sampleId, decision);
    }
  }

  private show({ items }: Batch): void {
    for (const { sample_id, verdict, label } of items) {
      if (verdict === "withdrawn") this.decisions.delete(sample_id);
      else this.decisions.set(sample_id, { verdict, label: label ?? null });
    }
  }

  private pump(): void {
    if (this.sending === null && this.timer === undefined) {
      const next = this.waiting.shift();
      if (next !== undefined) {
        this.sending = next;
        void this.deliver(next);
      }
    }
    this.publish();
  }

  private async deliver(batch: Batch): Promise<void> {
    try {
      await this.options.send(batch);
      this.saved += batch.items.length;
      this.tries = 0;
      if (this.refused.length === 0) this.problem = null;
    } catch (error) {
      this.onFailure(batch, toProblem(error));
    }
    this.sending = null;
    this.pump();
  }

  private onFailure(batch: Batch, problem: Problem): void {
    this.problem = problem;
    // A lost session is no verdict on the decisions: they go out once someone has signed in again.
    if (isTemporary(problem) || problem.status === 401) {
      this.waiting.unshift(batch);
      this.tries += 1;
      this.timer = setTimeout(this.retryNow, (this.options.delay ?? defaultDelay)(this.tries));
      return;
    }
    this.refused.push(batch);
    for (const { sample_id } of batch.items) this.decisions.delete(sample_id);
    this.history = this.history.filter(({ batches }) => !batches.includes(batch));
  }

  private snapshot(): QueueState {
    const pending = this.sending === null ? this.waiting : [this.sending, ...this.waiting];
    const unsaved = pending.reduce((sum, { items }) => sum + items.length, 0);
    const idle = this.saved > 0 ? "saved" : "idle";
    return {
      decisions: new Map(this.decisions),
      status: this.timer !== undefined ? "retrying" : unsaved > 0 ? "saving" : idle,
      unsaved,
      saved: this.saved,
      canUndo: this.history.length > 0,
      problem: this.problem,
      refused: this.refused.flatMap(({ reviewer, items }) =>
        items.map(({ sample_id, verdict, label }) => ({
          sampleId: sample_id,
          verdict,
          label: label ?? null,
          reviewer,
          jobId: this.options.jobId,
        })),
      ),
    };
  }

  private publish(): void {
    this.state = this.snapshot();
    const pending = this.sending === null ? this.waiting : [this.sending, ...this.waiting];
    writeStored(this.options.storageKey, pending.length === 0 ? null : JSON.stringify(pending));
    for (const listener of this.listeners) listener();
  }
}

function restore(storageKey: string): Batch[] {
  try {
    const batches: unknown = JSON.parse(readStored(storageKey) ?? "[]");
    return Array.isArray(batches) ? batches.filter(isBatch) : [];
  } catch {
    return [];
  }
}

function isBatch(value: unknown): value is Batch {
  return (
    typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items)
  );
}
