/**
 * Outbox: delivers writes to the service in the background.
 *
 * Writes are sent one at a time, in order. Failed writes are retried with exponential backoff and kept in localStorage,
 * so that they survive a reload. Writes that the service refuses permanently are set aside.
 */
import { isTemporary, type Problem, toProblem } from "@/lib/problem";
import { readList, writeList } from "@/lib/storage";

export type SaveStatus = "idle" | "saving" | "retrying" | "saved";

export interface OutboxState<T> {
  status: SaveStatus;
  unsaved: number;
  /** Decisions of this tab that the service has stored. */
  saved: number;
  /** Why a write is being retried or was refused. */
  problem: Problem | null;
  refused: readonly T[];
}

/** How writes are sent; chosen by the creator of a queue. */
export interface Delivery<T, Answer> {
  send: (item: T) => Promise<Answer>;
  /** localStorage key of unsent writes; without one, nothing is stored. */
  storageKey?: string;
  /** Milliseconds to wait after the n-th failure, n from 1. */
  delay?: (tries: number) => number;
}

/** Callbacks of the queue that owns the outbox. */
interface Owner<T, Answer> {
  /** Recognises stored writes; anything else in localStorage is ignored. */
  isItem: (value: unknown) => value is T;
  /** Number of decisions in a write. */
  size: (item: T) => number;
  onDelivered?: (item: T, answer: Answer) => void;
  onRefused: (item: T) => void;
  /** Handles a refusal itself: returns true, and the write is neither listed as refused nor sent again. */
  takesOver?: (item: T, problem: Problem) => boolean;
  /** Called before the listeners, so that they see the owner's new state. */
  onChange: () => void;
}

function defaultDelay(tries: number): number {
  return Math.min(30_000, 500 * 2 ** tries);
}

export class Outbox<T, Answer> {
  private unsent: T[];
  private sending: T | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private problem: Problem | null = null;
  private refused: T[] = [];
  private saved = 0;
  private listeners = new Set<() => void>();

  constructor(
    private readonly delivery: Delivery<T, Answer>,
    private readonly owner: Owner<T, Answer>,
  ) {
    this.unsent = readList(delivery.storageKey, owner.isItem);
  }

  /** Writes not yet sent, without the one in flight. */
  get waiting(): readonly T[] {
    return this.unsent;
  }

  /** Send the stored writes. Separate from the constructor, so that the owner can show them first. */
  start(): void {
    this.pump();
  }

  state(): OutboxState<T> {
    const unsaved = this.count(this.pending());
    const idle = this.saved > 0 ? "saved" : "idle";
    return {
      status: this.timer !== undefined ? "retrying" : unsaved > 0 ? "saving" : idle,
      unsaved,
      saved: this.saved,
      problem: this.problem,
      refused: [...this.refused],
    };
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Notify the listeners, also of changes in the owner. */
  publish(): void {
    this.owner.onChange();
    writeList(this.delivery.storageKey, this.pending());
    for (const listener of this.listeners) listener();
  }

  enqueue(...items: readonly T[]): void {
    this.unsent.push(...items);
    this.pump();
  }

  /** Drop an unsent write; false if it is in flight or sent. Does not notify the listeners. */
  cancel(item: T): boolean {
    const before = this.unsent.length;
    this.unsent = this.unsent.filter((other) => other !== item);
    return this.unsent.length < before;
  }

  /** Notify the listeners after a cancellation; stop retrying if nothing is left. */
  settle(): void {
    if (this.unsent.length === 0 && this.timer !== undefined) {
      this.stopWaiting();
      this.recover();
    }
    this.publish();
  }

  /** Retry at once instead of waiting for the timer. */
  retryNow(): void {
    this.stopWaiting();
    this.pump();
  }

  dismissRefused(): void {
    this.refused = [];
    this.problem = null;
    this.publish();
  }

  private pump(): void {
    if (this.sending === null && this.timer === undefined) {
      const next = this.unsent.shift();
      if (next !== undefined) {
        this.sending = next;
        void this.deliver(next);
      }
    }
    this.publish();
  }

  private async deliver(item: T): Promise<void> {
    try {
      const answer = await this.delivery.send(item);
      this.saved += this.owner.size(item);
      this.owner.onDelivered?.(item, answer);
      this.recover();
    } catch (error) {
      this.onFailure(item, toProblem(error));
    }
    this.sending = null;
    this.pump();
  }

  private recover(): void {
    this.tries = 0;
    // The reason of a refusal stays visible until dismissed.
    if (this.refused.length === 0) this.problem = null;
  }

  private onFailure(item: T, problem: Problem): void {
    if (this.owner.takesOver?.(item, problem) === true) {
      this.recover();
      return;
    }
    this.problem = problem;
    // An expired session says nothing about the write: it is sent after the next sign-in.
    if (isTemporary(problem) || problem.status === 401) {
      this.retryLater(item);
      return;
    }
    this.refused.push(item);
    this.owner.onRefused(item);
  }

  private retryLater(item: T): void {
    this.unsent.unshift(item);
    this.tries += 1;
    const wait = (this.delivery.delay ?? defaultDelay)(this.tries);
    this.timer = setTimeout(() => {
      this.retryNow();
    }, wait);
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private pending(): readonly T[] {
    return this.sending === null ? this.unsent : [this.sending, ...this.unsent];
  }

  private count(items: readonly T[]): number {
    return items.reduce((sum, item) => sum + this.owner.size(item), 0);
  }
}
