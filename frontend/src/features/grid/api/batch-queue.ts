/**
 * Decisions about many samples at once that save themselves.
 *
 * A batch shows at once and is sent in the background, through an outbox that keeps the order and loses nothing; undo
 * sends its opposite. What the service refuses for good is taken back and said aloud.
 */
import type { Decision, QueueState, Save } from "@/lib/annotate/decision-queue";
import { type Delivery, Outbox } from "@/lib/annotate/outbox";
import type { BatchItem } from "@/lib/client/types";

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

interface Options extends Delivery<Batch, void> {
  /** The job whose ranking led to the samples. */
  jobId: string;
  reviewer: () => string;
  storageKey: string;
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
  private readonly outbox: Outbox<Batch, void>;
  private state: QueueState;

  constructor(private readonly options: Options) {
    this.outbox = new Outbox(options, {
      isItem: isBatch,
      size: ({ items }) => items.length,
      onRefused: this.onRefused,
      onChange: () => {
        this.state = this.snapshot();
      },
    });
    for (const batch of this.outbox.waiting) this.show(batch);
    this.state = this.snapshot();
    this.outbox.start();
  }

  subscribe = (listener: () => void): (() => void) => this.outbox.subscribe(listener);

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
    this.outbox.enqueue(...batches);
  }

  /** Take the latest act back; returns how many samples it was about. */
  undo(): number {
    const act = this.history.pop();
    if (act === undefined) return 0;
    this.bringBack(act);
    const sent = act.batches.filter((batch) => !this.outbox.takeBack(batch));
    this.outbox.settle();
    this.outbox.enqueue(...sent.map(opposite));
    return act.before.size;
  }

  /** Try again at once, whatever the time that was left to wait. */
  retryNow = (): void => {
    this.outbox.retryNow();
  };

  dismissRefused = (): void => {
    this.outbox.dismissRefused();
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

  private onRefused = (batch: Batch): void => {
    for (const { sample_id } of batch.items) this.decisions.delete(sample_id);
    this.history = this.history.filter(({ batches }) => !batches.includes(batch));
  };

  private snapshot(): QueueState {
    const state = this.outbox.state();
    return {
      ...state,
      decisions: new Map(this.decisions),
      canUndo: this.history.length > 0,
      refused: state.refused.flatMap((batch) => this.saves(batch)),
    };
  }

  /** The batch as one save per sample. */
  private saves({ reviewer, items }: Batch): Save[] {
    const { jobId } = this.options;
    return items.map(({ sample_id, verdict, label }) => ({
      sampleId: sample_id,
      verdict,
      label: label ?? null,
      reviewer,
      jobId,
    }));
  }
}

function isBatch(value: unknown): value is Batch {
  return (
    typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items)
  );
}
