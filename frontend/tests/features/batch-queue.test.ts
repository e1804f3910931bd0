import { describe, expect, it, vi } from "vitest";

import { type Batch, BatchQueue, MAX_BATCH, type Said } from "@/features/grid/api/batch-queue";
import { ApiProblem, readProblem } from "@/lib/problem";

const KEY = "batches";

function said(...sampleIds: string[]): Said[] {
  return sampleIds.map((sampleId) => ({ sampleId, decision: { verdict: "wrong", label: "dog" } }));
}

function make(send: (batch: Batch) => Promise<void>) {
  return new BatchQueue({
    jobId: "j1",
    storageKey: KEY,
    reviewer: () => "Ada",
    send,
    delay: () => 0,
  });
}

function collector() {
  const sent: Batch[] = [];
  const send = (batch: Batch) => {
    sent.push(batch);
    return Promise.resolve();
  };
  return { sent, send };
}

describe("BatchQueue", () => {
  it("shows a batch at once and sends it in one request", async () => {
    const { sent, send } = collector();
    const queue = make(send);
    queue.say(said("1", "2"));
    expect(queue.getState().decisions.get("2")).toEqual({ verdict: "wrong", label: "dog" });
    expect(queue.getState().unsaved).toBe(2);
    await vi.waitFor(() => {
      expect(queue.getState().status).toBe("saved");
    });
    expect(sent).toEqual([
      {
        reviewer: "Ada",
        items: [
          { sample_id: "1", verdict: "wrong", label: "dog" },
          { sample_id: "2", verdict: "wrong", label: "dog" },
        ],
      },
    ]);
  });

  it("sends no more at once than the service takes, and takes all of it back in one undo", async () => {
    const { sent, send } = collector();
    const queue = make(send);
    queue.say(said(...Array.from({ length: MAX_BATCH + 5 }, (_, sample) => String(sample))));
    await vi.waitFor(() => {
      expect(queue.getState().unsaved).toBe(0);
    });
    expect(sent.map(({ items }) => items.length)).toEqual([MAX_BATCH, 5]);
    expect(queue.undo()).toBe(MAX_BATCH + 5);
    expect(queue.getState().decisions.size).toBe(0);
    await vi.waitFor(() => {
      expect(sent).toHaveLength(4);
    });
    expect(sent[3]?.items[0]).toMatchObject({ verdict: "withdrawn" });
  });

  it("brings the word before back when it is undone", async () => {
    const queue = make(collector().send);
    queue.say(said("1"));
    queue.say([{ sampleId: "1", decision: { verdict: "unsure", label: null } }]);
    await vi.waitFor(() => {
      expect(queue.getState().unsaved).toBe(0);
    });
    queue.undo();
    expect(queue.getState().decisions.get("1")?.verdict).toBe("wrong");
    queue.undo();
    expect(queue.getState().decisions.has("1")).toBe(false);
    expect(queue.undo()).toBe(0);
  });

  it("keeps what could not be sent, over a reload, and sends it later", async () => {
    const offline = make(() => Promise.reject(new TypeError("offline")));
    offline.say(said("1"));
    await vi.waitFor(() => {
      expect(offline.getState().status).toBe("retrying");
    });
    const { sent, send } = collector();
    const next = make(send);
    expect(next.getState().decisions.get("1")?.label).toBe("dog");
    await vi.waitFor(() => {
      expect(sent).toHaveLength(1);
    });
    expect(window.localStorage.getItem(KEY)).toBeNull();
  });

  it("waits for nothing once the only batch to retry is undone", async () => {
    const queue = make(() => Promise.reject(new TypeError("offline")));
    queue.say(said("1"));
    await vi.waitFor(() => {
      expect(queue.getState().status).toBe("retrying");
    });
    queue.undo();
    expect(queue.getState()).toMatchObject({ status: "idle", unsaved: 0, problem: null });
  });

  it("takes back what the service refuses, and says how much that was", async () => {
    const refusal = new ApiProblem(readProblem(422, { code: "x", title: "No", detail: "why" }));
    const queue = make(() => Promise.reject(refusal));
    queue.say(said("1", "2"));
    await vi.waitFor(() => {
      expect(queue.getState().refused).toHaveLength(2);
    });
    expect(queue.getState().decisions.size).toBe(0);
    expect(queue.getState().canUndo).toBe(false);
    queue.dismissRefused();
    expect(queue.getState().problem).toBeNull();
  });

  it("ignores what an older version left behind", () => {
    window.localStorage.setItem(KEY, '{"not": "a list"}');
    expect(make(collector().send).getState().unsaved).toBe(0);
  });
});
