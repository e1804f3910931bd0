import { describe, expect, it, vi } from "vitest";

import type { Item } from "@/lib/annotate/item";
import { BATCH_SIZE, ServedList } from "@/lib/annotate/served-list";

import { makeItem } from "../items";

const HOUR = 3_600_000;

/** A queue of `size` images; held images are not served again. */
function setUp(size: number, answered: string[] = []) {
  const all = Array.from({ length: size }, (_, n) => makeItem(String(n + 1)));
  const serve = vi.fn((count: number, holding: readonly string[]) => {
    const open = all.filter(
      ({ sampleId }) => !holding.includes(sampleId) && !answered.includes(sampleId),
    );
    return Promise.resolve({
      items: open.slice(0, count),
      remaining: Math.max(0, open.length - count),
      expiresAt: Date.now() + HOUR,
    });
  });
  const release = vi.fn(() => Promise.resolve());
  const isOpen = (sampleId: string) => !answered.includes(sampleId);
  return { list: new ServedList({ serve, release, isOpen }), serve, release, answered };
}

const idsOf = (items: readonly Item[]) => items.map(({ sampleId }) => sampleId);
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("a served list", () => {
  it("starts with a batch and the number of further images", async () => {
    const { list } = setUp(50);
    list.open();
    expect(list.getState()).toMatchObject({ isFetching: true, remaining: null });
    await settle();
    expect(list.getState().items).toHaveLength(BATCH_SIZE);
    expect(list.getState()).toMatchObject({ isFetching: false, remaining: 30, error: null });
  });

  it("grows at its end, and sends the held images", async () => {
    const { list, serve, answered } = setUp(25);
    list.open();
    await settle();
    answered.push("1", "2");
    await list.more();
    expect(serve.mock.lastCall?.[1]).toEqual(idsOf(list.getState().items.slice(2, BATCH_SIZE)));
    expect(idsOf(list.getState().items)).toEqual(
      Array.from({ length: 25 }, (_, n) => String(n + 1)),
    );
  });

  it("detects the end of the queue, and can check again", async () => {
    const { list } = setUp(3);
    list.open();
    await settle();
    expect(list.getState().isExhausted).toBe(false);
    await list.more();
    expect(list.getState()).toMatchObject({ isExhausted: true, remaining: 0 });
  });

  it("sends one request at a time", async () => {
    const { list, serve } = setUp(50);
    list.open();
    await list.more();
    await settle();
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it("lists an image once, even if served twice", async () => {
    const { list, serve } = setUp(3);
    list.open();
    await settle();
    serve.mockResolvedValueOnce({ items: [makeItem("2")], remaining: 0, expiresAt: HOUR });
    await list.more();
    expect(idsOf(list.getState().items)).toEqual(["1", "2", "3"]);
  });

  it("keeps its images when the service fails, and continues later", async () => {
    const { list, serve } = setUp(30);
    list.open();
    await settle();
    serve.mockRejectedValueOnce(new TypeError("no network"));
    await list.more();
    expect(list.getState().items).toHaveLength(BATCH_SIZE);
    expect(list.getState().error).toBeInstanceOf(TypeError);
    await list.more();
    expect(list.getState()).toMatchObject({ error: null, remaining: 0 });
  });

  it("releases on leaving, and ignores later responses", async () => {
    const { list, release } = setUp(50);
    list.open();
    list.close();
    await settle();
    expect(release).toHaveBeenCalledTimes(1);
    expect(list.getState().items).toEqual([]);
  });

  it("renews expiring leases by requesting one more", async () => {
    const { list, serve } = setUp(50);
    list.open();
    await settle();
    list.renew(Date.now() + HOUR / 2);
    expect(serve).toHaveBeenCalledTimes(1);
    list.renew(Date.now() + 0.9 * HOUR);
    await settle();
    expect(serve.mock.lastCall?.[0]).toBe(1);
    expect(list.getState().items).toHaveLength(BATCH_SIZE + 1);
  });
});

it("is not renewed by every key when the clocks differ", async () => {
  const { list, serve } = setUp(50);
  serve.mockResolvedValueOnce({ items: [makeItem("1")], remaining: 49, expiresAt: 0 });
  list.open();
  await settle();
  list.renew();
  expect(serve).toHaveBeenCalledTimes(1);
});

describe("an image brought back", () => {
  it("is inserted at the reviewer's position", async () => {
    const { list } = setUp(3);
    list.open();
    await settle();
    expect(list.bringBack(makeItem("99"), 1)).toBe(1);
    expect(idsOf(list.getState().items)).toEqual(["1", "99", "2", "3"]);
  });

  it("is found if already listed", async () => {
    const { list } = setUp(3);
    list.open();
    await settle();
    expect(list.bringBack(makeItem("3"), 0)).toBe(2);
    expect(list.getState().items).toHaveLength(3);
  });
});
