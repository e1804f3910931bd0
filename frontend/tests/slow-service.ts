import { vi } from "vitest";

import { type ActiveDecision, DecisionQueue, type Save } from "@/lib/annotate/decision-queue";
import { ApiProblem, readProblem } from "@/lib/problem";

export function problem(status: number): ApiProblem {
  return new ApiProblem(readProblem(status, { title: "No", detail: "Not so." }));
}

/** localStorage key of `makeQueue`. */
export const STORAGE_KEY = "mslg.unsaved.job-1";

/** A service whose responses are controlled by the test. */
export class SlowService {
  calls: {
    save: Save;
    accept: (active?: ActiveDecision) => void;
    refuse: (error: unknown) => void;
  }[] = [];

  send = (save: Save) =>
    new Promise<ActiveDecision>((accept, refuse) => {
      this.calls.push({ save, accept, refuse });
    });

  makeQueue(): DecisionQueue {
    return new DecisionQueue({
      send: this.send,
      storageKey: STORAGE_KEY,
      reviewer: () => "ada",
      delay: (tries) => 100 * tries,
    });
  }

  get verdicts() {
    return this.calls.map(({ save }) => `${save.sampleId}:${save.verdict}`);
  }

  async tell(active: ActiveDecision): Promise<void> {
    this.calls.at(-1)?.accept(active);
    await vi.advanceTimersByTimeAsync(0);
  }

  async answer(error?: unknown): Promise<void> {
    const call = this.calls.at(-1);
    if (error === undefined) call?.accept();
    else call?.refuse(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}
