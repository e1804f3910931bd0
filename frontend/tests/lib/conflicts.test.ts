import { beforeEach, describe, expect, it, vi } from "vitest";

import { type Conflict, ConflictList, readConflicts } from "@/lib/annotate/conflicts";
import { DecisionQueue } from "@/lib/annotate/decision-queue";
import { noteStored, seenOf } from "@/lib/annotate/seen";
import { ApiProblem, readProblem } from "@/lib/problem";

const BODY = {
  code: "decided_meanwhile",
  title: "Decided otherwise meanwhile",
  detail: "Choose.",
  conflicts: [
    {
      sample_id: "1",
      file_name: "1.png",
      yours: { verdict: "correct", label: "3" },
      theirs: {
        verdict: "wrong",
        label: "8",
        id: "12",
        reviewer: "Ben",
        created_at: "2026-01-02T03:04:05Z",
      },
    },
  ],
};
const PROBLEM = readProblem(409, BODY);

beforeEach(() => {
  window.localStorage.clear();
});

describe("readConflicts", () => {
  it("reads both answers; other problems are no conflicts", () => {
    expect(readConflicts(PROBLEM, "j1")).toEqual([
      {
        sampleId: "1",
        fileName: "1.png",
        yours: { verdict: "correct", label: null },
        theirs: {
          verdict: "wrong",
          label: "8",
          id: "12",
          reviewer: "Ben",
          createdAt: "2026-01-02T03:04:05Z",
        },
        jobId: "j1",
      },
    ]);
    expect(readConflicts(readProblem(409, { code: "nothing_to_undo" }), null)).toBeNull();
  });
});

describe("ConflictList", () => {
  it("survives a reload until a person has chosen", () => {
    const found = readConflicts(PROBLEM, null) ?? [];
    new ConflictList("c").add(found);
    const list = new ConflictList("c");
    expect(list.getState()).toEqual(found);
    list.remove(found);
    expect(new ConflictList("c").getState()).toEqual([]);
  });
});

describe("seenOf", () => {
  it("is the page's, or this tab's newer verification", () => {
    expect(seenOf("5", "9")).toBe("9");
    noteStored("5", "10");
    expect(seenOf("5", "9")).toBe("10");
    expect(seenOf("5", "11")).toBe("11");
    expect(seenOf("5", null)).toBeNull();
  });
});

describe("a conflict of a decision", () => {
  it("shows the other answer, blocks nothing, and leaves nothing to undo", async () => {
    const found: Conflict[] = [];
    const queue = new DecisionQueue({
      send: (save) =>
        save.sampleId === "1"
          ? Promise.reject(new ApiProblem(PROBLEM))
          : Promise.resolve(undefined),
      onConflict: (conflicts) => found.push(...conflicts),
    });
    queue.decide("1", { verdict: "correct", label: null }, "j1", "0");
    queue.decide("2", { verdict: "correct", label: null });
    await vi.waitFor(() => {
      expect(queue.getState().status).toBe("saved");
    });
    const { decisions, refused, problem } = queue.getState();
    expect(decisions.get("1")).toEqual({ verdict: "wrong", label: "8" });
    expect([refused, problem]).toEqual([[], null]);
    expect(found.map(({ sampleId }) => sampleId)).toEqual(["1"]);
    expect([queue.undo(), queue.undo()]).toEqual(["2", null]);
  });
});
