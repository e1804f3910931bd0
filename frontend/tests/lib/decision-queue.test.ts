import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { DecisionQueue, type Save } from "@/lib/annotate/decision-queue";
import { ApiProblem, readProblem } from "@/lib/problem";

const KEY = "mslg.unsaved.job-1";
const KEEP = { verdict: "correct", label: null } as const;
const WRONG = { verdict: "wrong", label: "8" } as const;

function problem(status: number): ApiProblem {
  return new ApiProblem(readProblem(status, { title: "No", detail: "Not so." }));
}

/** A service whose answers the test gives by hand. */
class Service {
  calls: { save: Save; accept: () => void; refuse: (error: unknown) => void }[] = [];

  send = (save: Save) =>
    new Promise<void>((accept, refuse) => {
      this.calls.push({ save, accept, refuse });
    });

  get verdicts() {
    return this.calls.map(({ save }) => `${save.sampleId}:${save.verdict}`);
  }

  async answer(error?: unknown): Promise<void> {
    const call = this.calls.at(-1);
    if (error === undefined) call?.accept();
    else call?.refuse(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

let service: Service;
const queueOf = () =>
  new DecisionQueue({
    send: service.send,
    storageKey: KEY,
    reviewer: () => "ada",
    delay: (tries) => 100 * tries,
  });

beforeEach(() => {
  vi.useFakeTimers();
  service = new Service();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("deciding", () => {
  it("shows at once, then says that it is saved", async () => {
    const queue = queueOf();
    expect(queue.getState().status).toBe("idle");
    queue.decide("1", WRONG);
    expect(queue.getState()).toMatchObject({ status: "saving", unsaved: 1, canUndo: true });
    expect(queue.getState().decisions.get("1")).toEqual(WRONG);
    expect(service.calls[0]?.save).toEqual({ sampleId: "1", ...WRONG, reviewer: "ada" });
    await service.answer();
    expect(queue.getState()).toMatchObject({ status: "saved", unsaved: 0 });
  });

  it("sends one at a time, in the order they were made", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.decide("2", WRONG);
    expect(service.verdicts).toEqual(["1:correct"]);
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct", "2:wrong"]);
  });

  it("tells its listeners until they leave", () => {
    const queue = queueOf();
    const listener = vi.fn();
    const leave = queue.subscribe(listener);
    queue.decide("1", KEEP);
    expect(listener).toHaveBeenCalled();
    leave();
    listener.mockClear();
    queue.decide("2", KEEP);
    expect(listener).not.toHaveBeenCalled();
  });
});

describe("undo", () => {
  it("withdraws what was sent", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    await service.answer();
    expect(queue.undo()).toBe("1");
    expect(queue.getState().decisions.get("1")).toBeNull();
    expect(service.verdicts).toEqual(["1:wrong", "1:withdrawn"]);
  });

  it("sends nothing for what never left", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.decide("2", KEEP);
    expect(queue.undo()).toBe("2");
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct"]);
    expect(queue.getState()).toMatchObject({ status: "saved", unsaved: 0 });
  });

  it("goes back to the word before", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer();
    queue.decide("1", WRONG);
    await service.answer();
    queue.undo();
    await service.answer();
    expect(queue.getState().decisions.get("1")).toEqual(KEEP);
    queue.undo();
    expect(service.verdicts).toEqual(["1:correct", "1:wrong", "1:correct", "1:withdrawn"]);
  });

  it("waits for the word it withdraws", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.undo();
    expect(service.verdicts).toEqual(["1:correct"]);
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct", "1:withdrawn"]);
  });

  it("has an end", () => {
    expect(queueOf().undo()).toBeNull();
  });
});

describe("trouble", () => {
  it("tries again, ever more slowly, and keeps the order", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.decide("2", KEEP);
    await service.answer(new TypeError("no network"));
    expect(queue.getState()).toMatchObject({ status: "retrying", unsaved: 2 });
    await vi.advanceTimersByTimeAsync(100);
    await service.answer(problem(503));
    await vi.advanceTimersByTimeAsync(100);
    expect(service.verdicts).toEqual(["1:correct", "1:correct"]);
    await vi.advanceTimersByTimeAsync(100);
    await service.answer();
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct", "1:correct", "1:correct", "2:correct"]);
    expect(queue.getState()).toMatchObject({ status: "saved", unsaved: 0, problem: null });
  });

  it("tries again at once when asked to", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer(problem(500));
    queue.retryNow();
    expect(service.calls).toHaveLength(2);
  });

  it("keeps decisions over a lost session", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer(problem(401));
    expect(queue.getState()).toMatchObject({ status: "retrying", unsaved: 1, refused: [] });
  });

  it("takes back what is refused for good, says why and goes on", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    queue.decide("2", KEEP);
    await service.answer(problem(422));
    expect(queue.getState().decisions.has("1")).toBe(false);
    expect(queue.getState().refused).toHaveLength(1);
    expect(queue.getState().problem?.detail).toBe("Not so.");
    expect(service.verdicts).toEqual(["1:wrong", "2:correct"]);
    queue.dismissRefused();
    expect(queue.getState()).toMatchObject({ refused: [], problem: null });
  });

  it("rests when the only thing to retry was undone", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer(problem(503));
    queue.undo();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.calls).toHaveLength(1);
    expect(queue.getState()).toMatchObject({ unsaved: 0, problem: null });
  });
});

describe("a reload", () => {
  it("loses nothing: what was unsaved is shown and sent again", () => {
    const before = queueOf();
    before.decide("1", WRONG);
    before.decide("2", KEEP);
    service = new Service();
    const after = queueOf();
    expect(after.getState()).toMatchObject({ status: "saving", unsaved: 2 });
    expect(after.getState().decisions.get("1")).toEqual(WRONG);
    expect(service.verdicts).toEqual(["1:wrong"]);
  });

  it("leaves nothing behind once all is saved", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    expect(window.localStorage.getItem(KEY)).not.toBeNull();
    await service.answer();
    expect(window.localStorage.getItem(KEY)).toBeNull();
  });

  it("survives nonsense in the storage", () => {
    window.localStorage.setItem(KEY, "{not json");
    expect(queueOf().getState().unsaved).toBe(0);
  });
});
