import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { SaveState } from "@/components/annotate/save-state";
import type { QueueState } from "@/lib/annotate/decision-queue";
import { readProblem } from "@/lib/problem";

const SAVED: QueueState = {
  decisions: new Map(),
  status: "saved",
  unsaved: 0,
  saved: 1,
  canUndo: true,
  problem: null,
  refused: [],
};

function show(state: QueueState) {
  render(<SaveState state={state} onRetry={vi.fn()} onDismiss={vi.fn()} />);
}

describe("SaveState", () => {
  it("announces that all is saved", () => {
    show(SAVED);
    expect(screen.getByRole("status")).toHaveTextContent("All saved");
  });

  it("shows what is unsaved and why, and offers a retry", () => {
    const problem = readProblem(503, { title: "Service unavailable" });
    show({ ...SAVED, status: "retrying", unsaved: 2, problem });
    expect(screen.getByRole("status")).toHaveTextContent("2 not saved yet");
    expect(screen.getByRole("status")).toHaveTextContent("Service unavailable");
    expect(screen.getByRole("button", { name: "Retry now" })).toBeInTheDocument();
  });

  it("shows that decisions are kept while offline", () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    show({ ...SAVED, status: "retrying", unsaved: 2, problem: readProblem(0, {}) });
    expect(screen.getByRole("status")).toHaveTextContent(
      "Offline: 2 decisions kept in this browser",
    );
  });

  it("shows what was refused", () => {
    const problem = readProblem(422, { detail: "There is no class “eleven”." });
    const save = {
      sampleId: "1",
      verdict: "wrong",
      label: "eleven",
      reviewer: "",
      jobId: null,
    } as const;
    show({ ...SAVED, problem, refused: [save] });
    expect(screen.getByRole("alert")).toHaveTextContent("1 decision refused");
    expect(screen.getByRole("alert")).toHaveTextContent("There is no class “eleven”.");
  });
});
