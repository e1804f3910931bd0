import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Outbox } from "@/lib/annotate/outbox";

import { problem } from "../slow-service";

const KEY = "outbox";
const OFFLINE = new TypeError("no network");

const onDelivered = vi.fn();
const onRefused = vi.fn();
const onChange = vi.fn();
const send = vi.fn<(item: string) => Promise<number>>();

/** Of words: each counts as many decisions as it has letters. */
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
  it("sends one write at a time, in order, and hands the answer over", async () => {
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

  it("tells its owner of a change before its listeners, and those until they leave", () => {
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

describe("taking back", () => {
  it("drops what has not left, and nothing else", async () => {
    const box = boxOf();
    box.enqueue("a", "b", "c");
    expect(box.takeBack("b")).toBe(true);
    expect(box.takeBack("a")).toBe(false);
    await rest();
    expect(sent()).toEqual(["a", "c"]);
    expect(box.takeBack("c")).toBe(false);
  });

  it("settles when there is nothing left to retry", async () => {
    send.mockRejectedValue(OFFLINE);
    const box = boxOf();
    box.enqueue("a");
    await rest();
    box.takeBack("a");
    box.settle();
    expect(box.state()).toMatchObject({ status: "idle", unsaved: 0, problem: null });
    expect(stored()).toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent()).toEqual(["a"]);
  });

  it("goes on retrying when something is left", async () => {
    send.mockRejectedValueOnce(OFFLINE);
    const box = boxOf();
    box.enqueue("a", "b");
    await rest();
    box.takeBack("a");
    box.settle();
    expect(box.state()).toMatchObject({ status: "retrying", unsaved: 1 });
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toEqual(["a", "b"]);
  });
});

describe("trouble", () => {
  it.each([OFFLINE, problem(401), problem(429), problem(503)])(
    "waits longer after each try: %s",
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

  it("starts over with a short wait once something got through", async () => {
    send.mockRejectedValueOnce(OFFLINE).mockResolvedValueOnce(7).mockRejectedValueOnce(OFFLINE);
    const box = boxOf();
    box.enqueue("a", "b");
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toEqual(["a", "a", "b"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(box.state().status).toBe("saved");
  });

  it("tries again at once when asked to, and only then", async () => {
    send.mockRejectedValueOnce(OFFLINE);
    const box = boxOf();
    box.enqueue("a");
    await rest();
    box.retryNow();
    await vi.advanceTimersByTimeAsync(1000);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("sets aside what is refused, goes on, and says why until that is dismissed", async () => {
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
  it("finds what was on its way and what waited, and sends it", async () => {
    // The page goes before the service answers.
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

  it.each(["{not json", '{"not": "a list"}', "[1, null]"])("survives %s", (nonsense) => {
    window.localStorage.setItem(KEY, nonsense);
    expect(boxOf().waiting).toEqual([]);
    expect(send).not.toHaveBeenCalled();
  });
});
