import { describe, expect, it, vi } from "vitest";

import {
  type Batch,
  BatchQueue,
  MAX_BATCH,
  type SampleDecision,
} from "@/features/grid/api/batch-queue";
import type { Conflict } from "@/lib/annotate/conflicts";
import { ApiProblem, readProblem } from "@/lib/problem";

const KEY = "batches";

function decisions(...sampleIds: string[]): SampleDecision[] {
  return sampleIds.map((sampleId) => ({ sampleId, decision: { verdict: "wrong", label: "dog" } }));
}

function make(send: (batch: Batch) => Promise<Conflict[]>) {
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
    return Promise.resolve([]);
  };
  return { sent, send };
}

describe("BatchQueue", () => {
  it("shows a batch at once and sends it in one request", async () => {
    const { sent, send } = collector();
    const queue = make(send);
    queue.decide(decisions("1", "2"));
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

  it("splits a decision at the service's limit, and undoes all of it at once", async () => {
    const { sent, send } = collector();
    const queue = make(send);
    queue.decide(
      decisions(...Array.from({ length: MAX_BATCH + 5 }, (_, sample) => String(sample))),
    );
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

  it("restores the previous decision on undo", async () => {
    const queue = make(collector().send);
    queue.decide(decisions("1"));
    queue.decide([{ sampleId: "1", decision: { verdict: "unsure", label: null } }]);
    await vi.waitFor(() => {
      expect(queue.getState().unsaved).toBe(0);
    });
    queue.undo();
    expect(queue.getState().decisions.get("1")?.verdict).toBe("wrong");
    queue.undo();
    expect(queue.getState().decisions.has("1")).toBe(false);
    expect(queue.undo()).toBe(0);
  });

  it("keeps unsent batches over a reload, and sends them later", async () => {
    const offline = make(() => Promise.reject(new TypeError("offline")));
    offline.decide(decisions("1"));
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

  it("stops retrying once the only batch is undone", async () => {
    const queue = make(() => Promise.reject(new TypeError("offline")));
    queue.decide(decisions("1"));
    await vi.waitFor(() => {
      expect(queue.getState().status).toBe("retrying");
    });
    queue.undo();
    expect(queue.getState()).toMatchObject({ status: "idle", unsaved: 0, problem: null });
  });

  it("reverts refused batches, and reports their size", async () => {
    const refusal = new ApiProblem(readProblem(422, { code: "x", title: "No", detail: "why" }));
    const queue = make(() => Promise.reject(refusal));
    queue.decide(decisions("1", "2"));
    await vi.waitFor(() => {
      expect(queue.getState().refused).toHaveLength(2);
    });
    expect(queue.getState().decisions.size).toBe(0);
    expect(queue.getState().canUndo).toBe(false);
    queue.dismissRefused();
    expect(queue.getState().problem).toBeNull();
  });

  it("sends batches stored by an earlier version", async () => {
    const stored =
      '[{"reviewer":"bo","items":[{"sample_id":"7","verdict":"wrong","label":"cat"},{"sample_id":"8","verdict":"unsure","label":null}]}]';
    window.localStorage.setItem(KEY, stored);
    const { sent, send } = collector();
    const queue = make(send);
    expect(queue.getState().decisions.get("7")).toEqual({ verdict: "wrong", label: "cat" });
    await vi.waitFor(() => {
      expect(sent).toEqual(JSON.parse(stored));
    });
  });

  it("ignores invalid stored data", () => {
    window.localStorage.setItem(KEY, '{"not": "a list"}');
    expect(make(collector().send).getState().unsaved).toBe(0);
  });

  it("shows the other answer of a conflict, and does not undo it", async () => {
    const sent: Batch[] = [];
    const theirs = {
      verdict: "unusable",
      label: null,
      id: "9",
      reviewer: "Ben",
      createdAt: "",
    } as const;
    const conflict: Conflict = {
      sampleId: "2",
      fileName: "2.png",
      yours: { verdict: "wrong", label: "dog" },
      theirs,
      jobId: "j1",
    };
    const queue = make((batch) => {
      sent.push(batch);
      return Promise.resolve(sent.length === 1 ? [conflict] : []);
    });
    queue.decide(decisions("1", "2"));
    await vi.waitFor(() => {
      expect(queue.getState().status).toBe("saved");
    });
    expect(queue.getState().decisions.get("2")).toEqual({ verdict: "unusable", label: null });
    expect(queue.undo()).toBe(1);
    await vi.waitFor(() => {
      expect(sent).toHaveLength(2);
    });
    expect(sent[1]?.items).toEqual([{ sample_id: "1", verdict: "withdrawn", label: null }]);
    expect(queue.getState().decisions.get("2")).toEqual({ verdict: "unusable", label: null });
  });
});
