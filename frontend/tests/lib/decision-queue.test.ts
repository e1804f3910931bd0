import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { problem, SlowService } from "../slow-service";

const KEEP = { verdict: "correct", label: null } as const;
const WRONG = { verdict: "wrong", label: "8" } as const;

let service: SlowService;
const queueOf = () => service.makeQueue();

beforeEach(() => {
  vi.useFakeTimers();
  service = new SlowService();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("deciding", () => {
  it("shows a decision at once, then reports it as saved", async () => {
    const queue = queueOf();
    expect(queue.getState().status).toBe("idle");
    queue.decide("1", WRONG);
    expect(queue.getState()).toMatchObject({ status: "saving", unsaved: 1, canUndo: true });
    expect(queue.getState().decisions.get("1")).toEqual(WRONG);
    expect(service.calls[0]?.save).toEqual({
      sampleId: "1",
      ...WRONG,
      reviewer: "ada",
      jobId: null,
    });
    await service.answer();
    expect(queue.getState()).toMatchObject({ status: "saved", unsaved: 0, saved: 1 });
  });

  it("sends the job that served the image", () => {
    queueOf().decide("1", KEEP, "job-1");
    expect(service.calls[0]?.save.jobId).toBe("job-1");
  });

  it("sends one at a time, in the order they were made", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.decide("2", WRONG);
    expect(service.verdicts).toEqual(["1:correct"]);
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct", "2:wrong"]);
  });

  it("notifies listeners until they unsubscribe", () => {
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
  it("withdraws a sent decision", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    await service.answer();
    expect(queue.undo()).toBe("1");
    expect(queue.getState().decisions.get("1")).toBeNull();
    expect(service.verdicts).toEqual(["1:wrong", "1:withdrawn"]);
  });

  it("drops an unsent decision", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.decide("2", KEEP);
    expect(queue.undo()).toBe("2");
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct"]);
    expect(queue.getState()).toMatchObject({ status: "saved", unsaved: 0 });
  });

  it("returns to the previous decision", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer();
    queue.decide("1", WRONG);
    await service.answer();
    queue.undo();
    await service.answer();
    expect(queue.getState().decisions.get("1")).toEqual(KEEP);
    queue.undo();
    // One withdrawal each: the service reactivates the previous decision.
    expect(service.verdicts).toEqual(["1:correct", "1:wrong", "1:withdrawn", "1:withdrawn"]);
  });

  it("shows the decision before this tab's, once the service reports it", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    await service.answer();
    queue.undo();
    await service.tell(KEEP);
    expect(queue.getState().decisions.get("1")).toEqual(KEEP);
  });

  it("ignores a late response after a newer decision", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    await service.answer();
    queue.undo();
    queue.decide("1", WRONG);
    await service.tell(KEEP);
    expect(queue.getState().decisions.get("1")).toEqual(WRONG);
  });

  it("takes over a decision reported by the service", () => {
    const queue = queueOf();
    queue.learn("1", KEEP);
    expect(queue.getState().decisions.get("1")).toEqual(KEEP);
  });

  it("waits until the decision to withdraw is sent", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    queue.undo();
    expect(service.verdicts).toEqual(["1:correct"]);
    await service.answer();
    expect(service.verdicts).toEqual(["1:correct", "1:withdrawn"]);
  });

  it("returns null when nothing is left", () => {
    expect(queueOf().undo()).toBeNull();
  });
});

describe("errors", () => {
  it("retry ever more slowly, and keep the order", async () => {
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

  it("retry at once on request", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer(problem(500));
    queue.retryNow();
    expect(service.calls).toHaveLength(2);
  });

  it("keep decisions when the session expires", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer(problem(401));
    expect(queue.getState()).toMatchObject({ status: "retrying", unsaved: 1, refused: [] });
  });

  it("revert refused decisions, report why and continue", async () => {
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

  it("stop retries once the only decision is undone", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    await service.answer(problem(503));
    queue.undo();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.calls).toHaveLength(1);
    expect(queue.getState()).toMatchObject({ unsaved: 0, problem: null });
  });
});
