import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { DecisionQueue } from "@/lib/annotate/decision-queue";

import { problem, SlowService } from "../slow-service";

const KEY = "mslg.unsaved.job-1";
const KEEP = { verdict: "correct", label: null } as const;
const WRONG = { verdict: "wrong", label: "8" } as const;

let service: SlowService;
const queueOf = () =>
  new DecisionQueue({
    send: service.send,
    storageKey: KEY,
    reviewer: () => "ada",
    delay: (tries) => 100 * tries,
  });

beforeEach(() => {
  vi.useFakeTimers();
  service = new SlowService();
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
    expect(service.calls[0]?.save).toEqual({
      sampleId: "1",
      ...WRONG,
      reviewer: "ada",
      jobId: null,
    });
    await service.answer();
    expect(queue.getState()).toMatchObject({ status: "saved", unsaved: 0, saved: 1 });
  });

  it("says which job led to the image", () => {
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
    // A withdrawal each: the service brings the word before back by itself.
    expect(service.verdicts).toEqual(["1:correct", "1:wrong", "1:withdrawn", "1:withdrawn"]);
  });

  it("shows the word that stood before this tab's, once the service has told it", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    await service.answer();
    queue.undo();
    await service.tell(KEEP);
    expect(queue.getState().decisions.get("1")).toEqual(KEEP);
  });

  it("does not let an old answer stand over a newer decision", async () => {
    const queue = queueOf();
    queue.decide("1", WRONG);
    await service.answer();
    queue.undo();
    queue.decide("1", WRONG);
    await service.tell(KEEP);
    expect(queue.getState().decisions.get("1")).toEqual(WRONG);
  });

  it("learns what was taken back elsewhere", () => {
    const queue = queueOf();
    queue.learn("1", KEEP);
    expect(queue.getState().decisions.get("1")).toEqual(KEEP);
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
    service = new SlowService();
    const after = queueOf();
    expect(after.getState()).toMatchObject({ status: "saving", unsaved: 2 });
    expect(after.getState().decisions.get("1")).toEqual(WRONG);
    expect(service.verdicts).toEqual(["1:wrong"]);
  });

  it("can still be undone", () => {
    const before = queueOf();
    before.decide("1", WRONG);
    before.decide("2", KEEP);
    service = new SlowService();
    const after = queueOf();
    expect(after.undo()).toBe("2");
    expect(after.getState()).toMatchObject({ unsaved: 1, canUndo: true });
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
