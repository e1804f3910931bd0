/**
 * The images served to this page, in order.
 *
 * The service leases them, so nobody else gets them meanwhile. The list only grows: nothing moves while the reviewer
 * works. More images are requested before the list ends.
 */
import type { Item } from "./item";

export interface Batch {
  items: readonly Item[];
  /** Images in the queue beyond these. */
  remaining: number;
  /** Expiry of the leases, in milliseconds since 1970. */
  expiresAt: number;
}

export interface ServedState {
  items: readonly Item[];
  /** Images in the queue beyond `items`; null before the first response. */
  remaining: number | null;
  isFetching: boolean;
  /** The last request returned nothing new. */
  isExhausted: boolean;
  error: Error | null;
}

interface Options {
  /** Request `count` more; `holding` are kept on lease and not served again. */
  serve: (count: number, holding: readonly string[]) => Promise<Batch>;
  /** Release the leases without a decision. */
  release: () => Promise<void>;
  /** Whether a sample still needs a decision from this tab. */
  isOpen: (sampleId: string) => boolean;
}

/** Images per request: few, so that others do not run out of images. */
export const BATCH_SIZE = 20;
/** Limit of the service. */
const MAX_HOLDING = 200;

/** Leases are renewed after this share of their time. */
const RENEWAL_SHARE = 0.75;
/** Lower bound, in case the clocks differ: not every key press may cause a renewal. */
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
  /** Number of times the list was opened; responses to earlier visits are ignored. */
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

  /** Ignore pending responses and release the leases. */
  close(): void {
    this.visit += 1;
    void this.options.release();
  }

  /** Request more, unless a request is pending. Errors go to the state, not to the caller. */
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

  /** Renew the leases by requesting one more image: the API has no separate call. */
  renew(now = Date.now()): void {
    if (now >= this.renewAt && !this.state.isExhausted) void this.more(1);
  }

  /** Insert an image at the reviewer's position, unless it is listed; returns its index. */
  bringBack(item: Item, at: number): number {
    const known = this.state.items.findIndex(({ sampleId }) => sampleId === item.sampleId);
    if (known >= 0) return known;
    const place = Math.min(at, this.state.items.length);
    this.change({ items: this.state.items.toSpliced(place, 0, item) });
    return place;
  }

  /** Take an image off the list: it waits for somebody else. */
  drop(sampleId: string): void {
    this.change({ items: this.state.items.filter((item) => item.sampleId !== sampleId) });
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
