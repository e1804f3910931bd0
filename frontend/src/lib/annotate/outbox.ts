/**
 * Writes that reach the service sooner or later.
 *
 * They go out in the background, one at a time and in the order they were made. What could not be sent for now is
 * tried again, ever more slowly, and waits in localStorage meanwhile, so that a reload loses nothing. What the service
 * refuses for good is set aside.
 */
import { isTemporary, type Problem, toProblem } from "@/lib/problem";
import { readList, writeList } from "@/lib/storage";

export type SaveStatus = "idle" | "saving" | "retrying" | "saved";

export interface OutboxState<T> {
  status: SaveStatus;
  unsaved: number;
  /** How much the service has taken from this tab. */
  saved: number;
  /** Why the last write is being retried, or why one was refused. */
  problem: Problem | null;
  refused: readonly T[];
}

/** How writes travel: what whoever makes a queue chooses. */
export interface Delivery<T, Answer> {
  send: (item: T) => Promise<Answer>;
  /** Where in localStorage unsent writes wait. Without a key nothing is kept. */
  storageKey?: string;
  /** Milliseconds to wait before the n-th try, n from 1. */
  delay?: (tries: number) => number;
}

/** What the queue around an outbox knows about its writes. */
interface Owner<T, Answer> {
  /** Tells its writes from what an older version stored. */
  isItem: (value: unknown) => value is T;
  /** How many decisions a write holds. */
  size: (item: T) => number;
  onDelivered?: (item: T, answer: Answer) => void;
  onRefused: (item: T) => void;
  /** Called before the listeners, so that they find the owner's state renewed. */
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

  /** What has not left this browser; the write on its way is not among it. */
  get waiting(): readonly T[] {
    return this.unsent;
  }

  /** Send what waited over a reload: no part of the constructor, so that the owner can show it first. */
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

  /** Tell the listeners, also of what changed in the owner alone. */
  publish(): void {
    this.owner.onChange();
    writeList(this.delivery.storageKey, this.pending());
    for (const listener of this.listeners) listener();
  }

  enqueue(...items: readonly T[]): void {
    this.unsent.push(...items);
    this.pump();
  }

  /** Drop a write that never left this browser; false when it is on its way or there already. Tells nobody yet. */
  takeBack(item: T): boolean {
    const before = this.unsent.length;
    this.unsent = this.unsent.filter((other) => other !== item);
    return this.unsent.length < before;
  }

  /** Wait no longer when the only write to retry was taken back. */
  settle(): void {
    if (this.unsent.length === 0 && this.timer !== undefined) {
      this.stopWaiting();
      this.recover();
    }
    this.publish();
  }

  /** Try again at once, whatever the time that was left to wait. */
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
    // Why something was refused stays in sight until it is dismissed.
    if (this.refused.length === 0) this.problem = null;
  }

  private onFailure(item: T, problem: Problem): void {
    this.problem = problem;
    // A lost session is no verdict on the write: it goes out once someone has signed in again.
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
