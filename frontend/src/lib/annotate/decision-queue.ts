/**
 * Queue of decisions that are saved automatically.
 *
 * A decision is shown at once and sent in the background. The outbox keeps the order and survives a reload. Decisions
 * that the service refuses permanently are reverted and reported.
 */
import type { VerificationCreate } from "@/lib/client/types";

import type { Problem } from "@/lib/problem";

import { type Conflict, readConflicts } from "./conflicts";
import type { Decision } from "./decision";
import { type Delivery, Outbox, type OutboxState } from "./outbox";

/** One write to the service; `withdrawn` undoes the latest decision. Stored in localStorage: keep old fields readable. */
export interface Save {
  sampleId: string;
  verdict: VerificationCreate["verdict"];
  label: string | null;
  reviewer: string;
  /** The job whose ranking served the sample; null without one. */
  jobId: string | null;
  /** What the page had seen of the sample's decisions; null does not check for conflicts. */
  seen?: string | null;
}

/** The active decision after a save; undefined if the service did not report one. */
export type ActiveDecision = Decision | null | undefined;

export interface QueueState extends OutboxState<Save> {
  /** Decisions made in this browser by sample; null after an undo. */
  decisions: ReadonlyMap<string, Decision | null>;
  canUndo: boolean;
}

interface Step {
  save: Save;
  before: Decision | null | undefined;
}

/** `send` may return the sample's active decision. */
interface Options extends Delivery<Save, ActiveDecision> {
  reviewer?: () => string;
  /** Called when somebody decided otherwise meanwhile. */
  onConflict?: (conflicts: readonly Conflict[]) => void;
}

export class DecisionQueue {
  private decisions = new Map<string, Decision | null>();
  private history: Step[] = [];
  private readonly outbox: Outbox<Save, ActiveDecision>;
  private state: QueueState;

  constructor(private readonly options: Options) {
    this.outbox = new Outbox(options, {
      isItem: isSave,
      size: () => 1,
      onDelivered: this.onDelivered,
      onRefused: this.onRefused,
      takesOver: this.onConflict,
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

  decide(
    sampleId: string,
    decision: Decision,
    jobId: string | null = null,
    seen: string | null = null,
  ): void {
    const save = { ...this.newSave(sampleId, decision, jobId), ...(seen !== null && { seen }) };
    this.history.push({ save, before: this.decisions.get(sampleId) });
    this.decisions.set(sampleId, decision);
    this.outbox.enqueue(save);
  }

  /** Undo the latest decision; returns its sample, or null without one. */
  undo(): string | null {
    const step = this.history.pop();
    if (step === undefined) return null;
    const { save, before } = step;
    this.decisions.set(save.sampleId, before ?? null);
    if (this.outbox.cancel(save)) {
      this.outbox.settle();
    } else {
      // The service reactivates the previous decision.
      this.outbox.enqueue({ ...save, verdict: "withdrawn", label: null });
    }
    return save.sampleId;
  }

  /** Record the active decision that the service reported for a sample. */
  learn(sampleId: string, active: Decision | null): void {
    this.decisions.set(sampleId, active);
    this.outbox.publish();
  }

  /** Retry at once instead of waiting for the timer. */
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

  /** Restore a save from before a reload; it can be undone like any other. */
  private recall(save: Save): void {
    const { sampleId, verdict, label } = save;
    if (verdict === "withdrawn") {
      this.decisions.set(sampleId, null);
      return;
    }
    this.history.push({ save, before: this.decisions.get(sampleId) });
    this.decisions.set(sampleId, { verdict, label });
  }

  private onDelivered = ({ sampleId }: Save, active: ActiveDecision): void => {
    if (active !== undefined && !this.isWaiting(sampleId)) this.decisions.set(sampleId, active);
  };

  /** The other answer is active and shown until the reviewer chooses. */
  private onConflict = (save: Save, problem: Problem): boolean => {
    const conflicts = readConflicts(problem, save.jobId);
    if (conflicts === null || this.options.onConflict === undefined) return false;
    this.onRefused(save);
    for (const { sampleId, theirs } of conflicts) {
      const { verdict, label } = theirs;
      if (!this.isWaiting(sampleId)) this.decisions.set(sampleId, { verdict, label });
    }
    this.options.onConflict(conflicts);
    return true;
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
