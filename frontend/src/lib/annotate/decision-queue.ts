/**
 * Decisions that save themselves.
 *
 * A decision shows at once and is sent in the background, through an outbox that keeps the order and loses nothing.
 * What the service refuses for good is taken back and said aloud.
 */
import type { VerificationCreate, Verdict } from "@/lib/client/types";

import { type Delivery, Outbox, type OutboxState } from "./outbox";

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

export interface QueueState extends OutboxState<Save> {
  /** What this browser decided per sample; null where an undo took it back. */
  decisions: ReadonlyMap<string, Decision | null>;
  canUndo: boolean;
}

interface Step {
  save: Save;
  before: Decision | null | undefined;
}

/** `send` may tell what stands for the sample then. */
interface Options extends Delivery<Save, Standing> {
  reviewer?: () => string;
}

export class DecisionQueue {
  private decisions = new Map<string, Decision | null>();
  private history: Step[] = [];
  private readonly outbox: Outbox<Save, Standing>;
  private state: QueueState;

  constructor(private readonly options: Options) {
    this.outbox = new Outbox(options, {
      isItem: isSave,
      size: () => 1,
      onDelivered: this.onDelivered,
      onRefused: this.onRefused,
      onChange: () => {
        this.state = this.snapshot();
      },
    });
    for (const save of this.outbox.waiting) this.recall(save);
    this.state = this.snapshot();
    this.outbox.start();
  }

  subscribe = (listener: () => void): (() => void) => this.outbox.subscribe(listener);

  getState = (): QueueState => this.state;

  decide(sampleId: string, decision: Decision, jobId: string | null = null): void {
    const save = this.newSave(sampleId, decision, jobId);
    this.history.push({ save, before: this.decisions.get(sampleId) });
    this.decisions.set(sampleId, decision);
    this.outbox.enqueue(save);
  }

  /** Take the latest decision back; returns the sample it was about, null when there is none. */
  undo(): string | null {
    const step = this.history.pop();
    if (step === undefined) return null;
    const { save, before } = step;
    this.decisions.set(save.sampleId, before ?? null);
    if (this.outbox.takeBack(save)) {
      this.outbox.settle();
    } else {
      // The service brings the word before back by itself.
      this.outbox.enqueue({ ...save, verdict: "withdrawn", label: null });
    }
    return save.sampleId;
  }

  /** Take in what the service says stands for a sample. */
  learn(sampleId: string, standing: Decision | null): void {
    this.decisions.set(sampleId, standing);
    this.outbox.publish();
  }

  /** Try again at once, whatever the time that was left to wait. */
  retryNow = (): void => {
    this.outbox.retryNow();
  };

  dismissRefused = (): void => {
    this.outbox.dismissRefused();
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

  private onDelivered = ({ sampleId }: Save, standing: Standing): void => {
    if (standing !== undefined && !this.isWaiting(sampleId)) this.decisions.set(sampleId, standing);
  };

  private onRefused = ({ sampleId }: Save): void => {
    this.history = this.history.filter((step) => step.save.sampleId !== sampleId);
    if (!this.isWaiting(sampleId)) this.decisions.delete(sampleId);
  };

  private isWaiting(sampleId: string): boolean {
    return this.outbox.waiting.some((other) => other.sampleId === sampleId);
  }

  private snapshot(): QueueState {
    return {
      ...this.outbox.state(),
      decisions: new Map(this.decisions),
      canUndo: this.history.length > 0,
    };
  }
}

function isSave(value: unknown): value is Save {
  return (
    typeof value === "object" &&
    value !== null &&
    ["sampleId", "verdict", "label", "reviewer", "jobId"].every((name) => name in value)
  );
}
