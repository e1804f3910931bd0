import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { SlowService, STORAGE_KEY as KEY } from "../slow-service";

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

describe("a reload", () => {
  it("keeps unsaved decisions: shown and sent again", () => {
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

  it("clears the storage once all is saved", async () => {
    const queue = queueOf();
    queue.decide("1", KEEP);
    expect(window.localStorage.getItem(KEY)).not.toBeNull();
    await service.answer();
    expect(window.localStorage.getItem(KEY)).toBeNull();
  });

  it("sends decisions stored by an earlier version", () => {
    window.localStorage.setItem(
      KEY,
      '[{"sampleId":"7","verdict":"wrong","label":"5","reviewer":"bo","jobId":"job-1"}]',
    );
    const queue = queueOf();
    expect(queue.getState().decisions.get("7")).toEqual({ verdict: "wrong", label: "5" });
    expect(service.calls[0]?.save).toEqual({
      sampleId: "7",
      verdict: "wrong",
      label: "5",
      reviewer: "bo",
      jobId: "job-1",
    });
  });

  it("ignores invalid stored data", () => {
    window.localStorage.setItem(KEY, "{not json");
    expect(queueOf().getState().unsaved).toBe(0);
  });
});
