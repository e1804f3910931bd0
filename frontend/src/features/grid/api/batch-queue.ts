/**
 * Queue of bulk decisions that are saved automatically.
 *
 * A bulk decision is shown at once and sent in the background. The outbox keeps the order and survives a reload. Undo
 * sends withdrawals. Batches that the service refuses permanently are reverted and reported.
 */
import type { Conflict } from "@/lib/annotate/conflicts";
import type { Decision } from "@/lib/annotate/decision";
import type { QueueState, Save } from "@/lib/annotate/decision-queue";
import { type Delivery, Outbox } from "@/lib/annotate/outbox";
import type { BatchItem } from "@/lib/client/types";

/** Most samples per request. */
export const MAX_BATCH = 1000;

/** One request: a reviewer's decisions on up to `MAX_BATCH` samples. Stored in localStorage: keep old fields readable. */
export interface Batch {
  reviewer: string;
  items: readonly BatchItem[];
}

export interface SampleDecision {
  sampleId: string;
  decision: Decision;
  /** What the page had seen of the sample's decisions; absent, it does not check for conflicts. */
  seen?: string;
}

/** One bulk decision, split into as many requests as needed. */
interface Step {
  batches: readonly Batch[];
  before: ReadonlyMap<string, Decision | undefined>;
}

/** `send` returns the items that were not stored because somebody decided otherwise meanwhile. */
interface Options extends Delivery<Batch, readonly Conflict[]> {
  /** The job whose ranking served the samples. */
  jobId: string;
  reviewer: () => string;
  storageKey: string;
}

function withdrawalOf({ reviewer, items }: Batch): Batch {
  return {
    reviewer,
    items: items.map(({ sample_id }) => ({ sample_id, verdict: "withdrawn", label: null })),
  };
}

export class BatchQueue {
  private decisions = new Map<string, Decision>();
  private history: Step[] = [];
  private readonly outbox: Outbox<Batch, readonly Conflict[]>;
  private state: QueueState;

  constructor(private readonly options: Options) {
    this.outbox = new Outbox(options, {
      isItem: isBatch,
      size: ({ items }) => items.length,
      onRefused: this.onRefused,
      onDelivered: this.onDelivered,
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

  decide(decided: readonly SampleDecision[]): void {
    if (decided.length === 0) return;
    const reviewer = this.options.reviewer();
    const before = new Map(decided.map(({ sampleId }) => [sampleId, this.decisions.get(sampleId)]));
    const batches: Batch[] = [];
    for (let start = 0; start < decided.length; start += MAX_BATCH) {
      const items = decided.slice(start, start + MAX_BATCH).map(({ sampleId, decision, seen }) => ({
        sample_id: sampleId,
        ...decision,
        ...(seen !== undefined && { seen }),
      }));
      batches.push({ reviewer, items });
    }
    for (const { sampleId, decision } of decided) this.decisions.set(sampleId, decision);
    this.history.push({ batches, before });
    this.outbox.enqueue(...batches);
  }

  /** Undo the latest bulk decision; returns its number of samples. */
  undo(): number {
    const step = this.history.pop();
    if (step === undefined) return 0;
    this.restore(step);
    const sent = step.batches.filter((batch) => !this.outbox.cancel(batch));
    this.outbox.settle();
    this.outbox.enqueue(...sent.map(withdrawalOf));
    return step.before.size;
  }

  /** Retry at once instead of waiting for the timer. */
  retryNow = (): void => {
    this.outbox.retryNow();
  };

  dismissRefused = (): void => {
    this.outbox.dismissRefused();
  };

  private restore({ before }: Step): void {
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

  /** The other answers are active and shown; undo leaves them alone. */
  private onDelivered = (batch: Batch, conflicts: readonly Conflict[]): void => {
    if (conflicts.length === 0) return;
    const refused = new Set(conflicts.map(({ sampleId }) => sampleId));
    for (const { sampleId, theirs } of conflicts) {
      this.decisions.set(sampleId, { verdict: theirs.verdict, label: theirs.label });
    }
    this.history = this.history.map((step) => withoutSamples(step, batch, refused));
  };

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

/** The step without the refused samples of one of its batches. */
function withoutSamples(step: Step, batch: Batch, refused: ReadonlySet<string>): Step {
  if (!step.batches.includes(batch)) return step;
  const stored = {
    ...batch,
    items: batch.items.filter(({ sample_id }) => !refused.has(sample_id)),
  };
  return {
    batches: step.batches
      .map((other) => (other === batch ? stored : other))
      .filter(({ items }) => items.length > 0),
    before: new Map([...step.before].filter(([sampleId]) => !refused.has(sampleId))),
  };
}

function isBatch(value: unknown): value is Batch {
  return (
    typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items)
  );
}
