import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { DecisionQueue } from "@/lib/annotate/decision-queue";
import { useServedItems, useSupply } from "@/lib/annotate/use-served-items";

import { type Call, fakeService, type Routes } from "../fake-service";
import { leases, sent, served } from "../focus-view-setup";

const MINUTE = 60_000;
const CLASSES = ["3", "5", "8"];

function setUp(datasetId: string, more: Routes = {}) {
  const all = Array.from({ length: 60 }, (_, n) => served(n + 1));
  const serve = leases(all, new Set());
  const calls = fakeService({
    ...more,
    "POST /datasets/*/leases": (call: Call) => ({
      ...serve(call),
      expires_at: new Date(Date.now() + 10 * MINUTE).toISOString(),
    }),
    "DELETE /datasets/*/leases": () => new Response(null, { status: 204 }),
  });
  const queue = new DecisionQueue({ send: () => Promise.resolve(undefined) });
  const view = renderHook(
    ({ index }) => {
      const list = useServedItems(datasetId, { queue: "verify" }, CLASSES, queue);
      useSupply(list, index);
      return list;
    },
    { initialProps: { index: 0 } },
  );
  return { ...view, calls, requests: () => sent(calls, "POST", "/leases").length };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the supply of images", () => {
  it("requests more before the list ends", async () => {
    const { result, rerender, requests } = setUp("supply-1");
    await vi.advanceTimersByTimeAsync(50);
    expect(result.current.items).toHaveLength(20);
    rerender({ index: 5 });
    await vi.advanceTimersByTimeAsync(50);
    expect(requests()).toBe(1);
    rerender({ index: 13 });
    await vi.advanceTimersByTimeAsync(50);
    expect(requests()).toBe(2);
    rerender({ index: 14 });
    expect(result.current.items).toHaveLength(40);
  });

  it("renews the leases of an idle reviewer, but not forever", async () => {
    const { requests } = setUp("supply-2");
    await vi.advanceTimersByTimeAsync(8 * MINUTE);
    expect(requests()).toBe(2);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(requests()).toBe(2);
  });

  it("releases the leases when the tab closes", async () => {
    const { calls } = setUp("supply-3");
    await vi.advanceTimersByTimeAsync(50);
    window.dispatchEvent(new Event("pagehide"));
    await vi.advanceTimersByTimeAsync(50);
    expect(sent(calls, "DELETE", "/leases")).toHaveLength(1);
  });
});
