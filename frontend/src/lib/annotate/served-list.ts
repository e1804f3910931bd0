/**
 * The images served to this page, in the order they came.
 *
 * Nobody else is served them meanwhile: the service leases them out. The list only ever grows, so that nothing moves
 * under the annotator's hands; more is asked for before one comes to its end.
 */
import type { Item } from "./item";

export interface Batch {
  items: readonly Item[];
  /** How many more the queue holds beyond these. */
  remaining: number;
  /** When the service gives to others what was not answered, in milliseconds since 1970. */
  expiresAt: number;
}

export interface ServedState {
  items: readonly Item[];
  /** How many the queue holds beyond `items`; null before the first answer. */
  remaining: number | null;
  isFetching: boolean;
  /** The queue had nothing more when it was last asked. */
  isExhausted: boolean;
  error: Error | null;
}

interface Options {
  /** Ask for `count` more; `holding` are in hand: they are not served again, and stay leased. */
  serve: (count: number, holding: readonly string[]) => Promise<Batch>;
  /** Give back what was not answered. */
  release: () => Promise<void>;
  /** Whether the service still waits for this tab's word on a sample. */
  isOpen: (sampleId: string) => boolean;
}

/** So many are asked for at once: few enough that nobody else waits for them. */
export const BATCH_SIZE = 20;
/** The service takes no more names than this. */
const MAX_HOLDING = 200;

/** A lease is renewed when this share of it has passed. */
const RENEWAL_SHARE = 0.75;
/** The service's clock may be ahead of this one or behind it: never is every key a renewal. */
const SHORTEST_RENEWAL_MS = 30_000;

const EMPTY: ServedState = {
  items: [],
  remaining: null,
  isFetching: false,
  isExhausted: false,
  error: null,
};

export class ServedList {
  private state = EMPTY;
  private listeners = new Set<() => void>();
  /** Counts how often the list was opened: what was asked for before is not taken in any more. */
  private visit = 0;
  private renewAt = Infinity;

  constructor(private readonly options: Options) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): ServedState => this.state;

  open(): void {
    this.visit += 1;
    this.state = EMPTY;
    void this.more();
  }

  /** Forget everything and let others have what was not answered. */
  close(): void {
    this.visit += 1;
    void this.options.release();
  }

  /** Ask for more, unless that is under way. Says in the state, not by throwing, that it failed. */
  more = async (count = BATCH_SIZE): Promise<void> => {
    if (this.state.isFetching) return;
    const { visit } = this;
    this.change({ isFetching: true, error: null });
    try {
      const batch = await this.options.serve(count, this.holding());
      if (visit === this.visit) this.take(batch);
    } catch (error) {
      if (visit !== this.visit) return;
      this.change({
        isFetching: false,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
  };

  /** Keep what is in hand for longer; asks for one more on the way, as the service has no other word for it. */
  renew(now = Date.now()): void {
    if (now >= this.renewAt && !this.state.isExhausted) void this.more(1);
  }

  /** Put an image where the annotator is; returns the place where it lies. */
  bringBack(item: Item, at: number): number {
    const known = this.state.items.findIndex(({ sampleId }) => sampleId === item.sampleId);
    if (known >= 0) return known;
    const place = Math.min(at, this.state.items.length);
    this.change({ items: this.state.items.toSpliced(place, 0, item) });
    return place;
  }

  private holding(): string[] {
    const open = this.state.items.filter(({ sampleId }) => this.options.isOpen(sampleId));
    return open.slice(-MAX_HOLDING).map(({ sampleId }) => sampleId);
  }

  private take({ items, remaining, expiresAt }: Batch): void {
    const known = new Set(this.state.items.map(({ sampleId }) => sampleId));
    const fresh = items.filter(({ sampleId }) => !known.has(sampleId));
    const now = Date.now();
    this.renewAt = now + Math.max(SHORTEST_RENEWAL_MS, RENEWAL_SHARE * (expiresAt - now));
    this.change({
      items: [...this.state.items, ...fresh],
      remaining,
      isFetching: false,
      isExhausted: fresh.length === 0,
    });
  }

  private change(part: Partial<ServedState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
