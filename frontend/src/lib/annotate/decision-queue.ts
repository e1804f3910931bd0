/**
 * Decisions that save themselves.
 *
 * A decision shows at once and is sent in the background, one at a time and in the order it was made. What could
 * not be sent for now is tried again, ever more slowly, and waits in localStorage meanwhile, so that a reload loses
 * nothing. What the service refuses for good is taken back and said aloud.
 */
import type { VerificationCreate, Verdict } from "@/lib/client/types";
import { isTemporary, type Problem, toProblem } from "@/lib/problem";

import { readSaves, writeSaves } from "./stored-saves";

export interface Decision {
  verdict: Verdict;
  label: string | null;
}

/** One write to the service. `withdrawn` is how an undo is written. */
export interface Save {
  sampleId: string;
  verdict: VerificationCreate["verdict"];
  label: string | null;
  reviewer: string;
  /** The job whose ranking led to the sample; null where none did. */
  jobId: string | null;
}

/** What stands once a save is in: the service's own word on it where it gave one. */
export type Standing = Decision | null | undefined;

export type SaveStatus = "idle" | "saving" | "retrying" | "saved";

export interface QueueState {
  /** What this browser decided per sample; null where an undo took it back. */
  decisions: ReadonlyMap<string, Decision | null>;
  status: SaveStatus;
  unsaved: number;
  /** How many saves the service has taken from this tab. */
  saved: number;
  canUndo: boolean;
  /** Why the last save is being retried, or why one was refused. */
  problem: Problem | null;
  refused: readonly Save[];
}

interface Step {
  save: Save;
  before: Decision | null | undefined;
}

interface Options {
  /** Writes to the service; may tell what stands for the sample then. */
  send: (save: Save) => Promise<Standing>;
  reviewer?: () => string;
  storageKey?: string;
  /** Milliseconds to wait before the n-th try, n from 1. */
  delay?: (tries: number) => number;
}

function defaultDelay(tries: number): number {
  return Math.min(30_000, 500 * 2 ** tries);
}

export class DecisionQueue {
  private decisions = new Map<string, Decision | null>();
  private history: Step[] = [];
  private waiting: Save[] = [];
  private sending: Save | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private problem: Problem | null = null;
  private refused: Save[] = [];
  private saved = 0;
  private listeners = new Set<() => void>();
  private state: QueueState;

  constructor(private readonly options: Options) {
    this.waiting = readSaves(options.storageKey);
    for (const save of this.waiting) this.recall(save);
    this.state = this.snapshot();
    this.pump();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): QueueState => this.state;

  decide(sampleId: string, decision: Decision, jobId: string | null = null): void {
    const save = this.newSave(sampleId, decision, jobId);
    this.history.push({ save, before: this.decisions.get(sampleId) });
    this.decisions.set(sampleId, decision);
    this.enqueue(save);
  }

  /** Take the latest decision back; returns the sample it was about, null when there is none. */
  undo(): string | null {
    const step = this.history.pop();
    if (step === undefined) return null;
    const { save, before } = step;
    this.decisions.set(save.sampleId, before ?? null);
    if (this.waiting.includes(save)) {
      this.forget(save);
    } else {
      // The service brings the word before back by itself.
      this.enqueue({ ...save, verdict: "withdrawn", label: null });
    }
    return save.sampleId;
  }

  /** Take in what the service says stands for a sample. */
  learn(sampleId: string, standing: Decision | null): void {
    this.decisions.set(sampleId, standing);
    this.publish();
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

  private newSave(
    sampleId: string,
    { verdict, label }: Pick<Save, "verdict" | "label">,
    jobId: string | null,
  ): Save {
    return { sampleId, verdict, label, reviewer: this.options.reviewer?.() ?? "", jobId };
  }

  /** Show what waited over a reload, and let it be undone like any other decision. */
  private recall(save: Save): void {
    const { sampleId, verdict, label } = save;
    if (verdict === "withdrawn") {
      this.decisions.set(sampleId, null);
      return;
    }
    this.history.push({ save, before: this.decisions.get(sampleId) });
    this.decisions.set(sampleId, { verdict, label });
  }

  /** Drop a save that never left this browser. */
  private forget(save: Save): void {
    this.waiting = this.waiting.filter((other) => other !== save);
    if (this.waiting.length === 0 && this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.onDelivered();
    }
    this.publish();
  }

  private enqueue(save: Save): void {
    this.waiting.push(save);
    this.pump();
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

  private async deliver(save: Save): Promise<void> {
    try {
      const standing = await this.options.send(save);
      this.saved += 1;
      if (standing !== undefined && !this.isWaiting(save.sampleId)) {
        this.decisions.set(save.sampleId, standing);
      }
      this.onDelivered();
    } catch (error) {
      this.onFailure(save, toProblem(error));
    }
    this.sending = null;
    this.pump();
  }

  private onDelivered(): void {
    this.tries = 0;
    if (this.refused.length === 0) this.problem = null;
  }

  private onFailure(save: Save, problem: Problem): void {
    this.problem = problem;
    // A lost session is no verdict on the decision: it goes out once someone has signed in again.
    if (isTemporary(problem) || problem.status === 401) {
      this.retryLater(save);
      return;
    }
    this.refused.push(save);
    this.history = this.history.filter((step) => step.save.sampleId !== save.sampleId);
    if (!this.isWaiting(save.sampleId)) this.decisions.delete(save.sampleId);
  }

  private isWaiting(sampleId: string): boolean {
    return this.waiting.some((other) => other.sampleId === sampleId);
  }

  private retryLater(save: Save): void {
    this.waiting.unshift(save);
    this.tries += 1;
    const wait = (this.options.delay ?? defaultDelay)(this.tries);
    this.timer = setTimeout(this.retryNow, wait);
  }

  private snapshot(): QueueState {
    const unsaved = this.waiting.length + (this.sending === null ? 0 : 1);
    return {
      decisions: new Map(this.decisions),
      status: this.timer !== undefined ? "retrying" : unsaved > 0 ? "saving" : this.idleStatus(),
      unsaved,
      saved: this.saved,
      canUndo: this.history.length > 0,
      problem: this.problem,
      refused: [...this.refused],
    };
  }

  private idleStatus(): SaveStatus {
    return this.saved > 0 ? "saved" : "idle";
  }

  private publish(): void {
    this.state = this.snapshot();
    this.store();
    for (const listener of this.listeners) listener();
  }

  private store(): void {
    const saves = this.sending === null ? this.waiting : [this.sending, ...this.waiting];
    writeSaves(this.options.storageKey, saves);
  }
}
