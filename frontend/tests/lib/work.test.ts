import { describe, expect, it } from "vitest";

import type { Work } from "@/lib/client/types";
import { progressShare, secondsLeft } from "@/lib/work";

const WORK: Work = {
  status: "running",
  progress_done: 250,
  progress_total: 1000,
  progress_note: "extracting features",
  progress_rate: 50,
  error: null,
  cancel_requested: false,
};

describe("progress of a task", () => {
  it("is a share, and seconds by the present rate", () => {
    expect(progressShare(WORK)).toBe(0.25);
    expect(secondsLeft(WORK)).toBe(15);
  });

  it("is unknown without a total or a rate", () => {
    expect(progressShare({ ...WORK, progress_total: null })).toBeNull();
    expect(secondsLeft({ ...WORK, progress_total: null })).toBeNull();
    expect(secondsLeft({ ...WORK, progress_rate: null })).toBeNull();
  });
});
