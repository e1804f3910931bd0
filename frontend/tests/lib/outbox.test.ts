import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Outbox } from "@/lib/annotate/outbox";

import { problem } from "../slow-service";

const KEY = "outbox";
const OFFLINE = new TypeError("no network");

const onDelivered = vi.fn();
const onRefused = vi.fn();
const onChange = vi.fn();
const send = vi.fn<(item: string) => Promise<number>>();

/** Outbox of strings; each counts as many decisions as it has letters. */
function boxOf(): Outbox<string, number> {
  const box = new Outbox(
    { send, storageKey: KEY, delay: (tries) => 100 * tries },
    {
      isItem: (value) => typeof value === "string",
      size: (item) => item.length,
      onDelivered,
      onRefused,
      onChange,
    },
  );
  box.start();
  return box;
}

const rest = () => vi.advanceTimersByTimeAsync(0);
const sent = () => send.mock.calls.map(([item]) => item);
const stored = () => window.localStorage.getItem(KEY);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  send.mockResolvedValue(7);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("sending", () => {
  it("sends one write at a time, in order, and passes on the response", async () => {
    const box = boxOf();
    expect(box.state().status).toBe("idle");
    box.enqueue("ab", "c");
    expect(sent()).toEqual(["ab"]);
    expect(box.waiting).toEqual(["c"]);
    expect(box.state()).toMatchObject({ status: "saving", unsaved: 3, saved: 0 });
    await rest();
    expect(sent()).toEqual(["ab", "c"]);
    expect(onDelivered.mock.calls).toEqual([
      ["ab", 7],
      ["c", 7],
    ]);
    expect(box.state()).toMatchObject({ status: "saved", unsaved: 0, saved: 3 });
  });

  it("notifies the owner before the listeners, and those until they unsubscribe", () => {
    const box = boxOf();
    onChange.mockClear();
    const listener = vi.fn();
    const leave = box.subscribe(listener);
    box.publish();
    expect(onChange).toHaveBeenCalledBefore(listener);
    leave();
    box.publish();
    expect(listener).toHaveBeenCalledOnce();
  });
});

describe("cancelling", () => {
  it("drops unsent writes only", async () => {
    const box = boxOf();
    box.enqueue("a", "b", "c");
    expect(box.cancel("b")).toBe(true);
    expect(box.cancel("a")).toBe(false);
    await rest();
    expect(sent()).toEqual(["a", "c"]);
    expect(box.cancel("c")).toBe(false);
  });

  it("stops when nothing is left to retry", async () => {
    send.mockRejectedValue(OFFLINE);
    const box = boxOf();
    box.enqueue("a");
    await rest();
    box.cancel("a");
    box.settle();
    expect(box.state()).toMatchObject({ status: "idle", unsaved: 0, problem: null });
    expect(stored()).toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toEqual(["a"]);
  });

  it("keeps retrying when something is left", async () => {
    send.mockRejectedValueOnce(OFFLINE);
    const box = boxOf();
    box.enqueue("a", "b");
    await rest();
    box.cancel("a");
    box.settle();
    expect(box.state()).toMatchObject({ status: "retrying", unsaved: 1 });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toEqual(["a", "b"]);
  });
});

describe("errors", () => {
  it.each([OFFLINE, problem(401), problem(429), problem(503)])(
    "wait longer after each failure: %s",
    async (error) => {
      send.mockRejectedValueOnce(error).mockRejectedValueOnce(error);
      const box = boxOf();
      box.enqueue("a");
      await vi.advanceTimersByTimeAsync(100);
      expect(send).toHaveBeenCalledTimes(2);
      await vi.advanceTimersByTimeAsync(199);
      expect(send).toHaveBeenCalledTimes(2);
      expect(box.state()).toMatchObject({ status: "retrying", unsaved: 1, refused: [] });
      await vi.advanceTimersByTimeAsync(1);
      expect(box.state()).toMatchObject({ status: "saved", problem: null });
    },
  );

  it("start over with a short wait after a success", async () => {
    send.mockRejectedValueOnce(OFFLINE).mockResolvedValueOnce(7).mockRejectedValueOnce(OFFLINE);
    const box = boxOf();
    box.enqueue("a", "b");
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toEqual(["a", "a", "b"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(box.state().status).toBe("saved");
  });

  it("retry at once on request, and only once", async () => {
    send.mockRejectedValueOnce(OFFLINE);
    const box = boxOf();
    box.enqueue("a");
    await rest();
    box.retryNow();
    await vi.advanceTimersByTimeAsync(1000);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("set refused writes aside, continue, and show why until dismissed", async () => {
    send.mockRejectedValueOnce(problem(422));
    const box = boxOf();
    box.enqueue("a", "b");
    await rest();
    expect(onRefused.mock.calls).toEqual([["a"]]);
    expect(sent()).toEqual(["a", "b"]);
    expect(box.state()).toMatchObject({ status: "saved", saved: 1, refused: ["a"] });
    expect(box.state().problem?.detail).toBe("Not so.");
    box.dismissRefused();
    expect(box.state()).toMatchObject({ refused: [], problem: null });
  });
});

describe("a reload", () => {
  it("sends writes that were in flight or waiting", async () => {
    // The page closes before the service responds.
    send.mockReturnValueOnce(new Promise(() => undefined));
    boxOf().enqueue("a", "b");
    expect(stored()).toBe('["a","b"]');
    send.mockClear();
    const after = boxOf();
    expect(after.state()).toMatchObject({ status: "saving", unsaved: 2 });
    await rest();
    expect(sent()).toEqual(["a", "b"]);
    expect(stored()).toBeNull();
  });

  it.each(["{not json", '{"not": "a list"}', "[1, null]"])("ignores %s", (invalid) => {
    window.localStorage.setItem(KEY, invalid);
    expect(boxOf().waiting).toEqual([]);
    expect(send).not.toHaveBeenCalled();
  });
});
