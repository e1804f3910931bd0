import { vi } from "vitest";

import type { Save, Standing } from "@/lib/annotate/decision-queue";
import { ApiProblem, readProblem } from "@/lib/problem";

export function problem(status: number): ApiProblem {
  return new ApiProblem(readProblem(status, { title: "No", detail: "Not so." }));
}

/** A service whose answers the test gives by hand. */
export class SlowService {
  calls: { save: Save; accept: (standing?: Standing) => void; refuse: (error: unknown) => void }[] =
    [];

  send = (save: Save) =>
    new Promise<Standing>((accept, refuse) => {
      this.calls.push({ save, accept, refuse });
    });

  get verdicts() {
    return this.calls.map(({ save }) => `${save.sampleId}:${save.verdict}`);
  }

  async tell(standing: Standing): Promise<void> {
    this.calls.at(-1)?.accept(standing);
    await vi.advanceTimersByTimeAsync(0);
  }

  async answer(error?: unknown): Promise<void> {
    const call = this.calls.at(-1);
    if (error === undefined) call?.accept();
    else call?.refuse(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}
