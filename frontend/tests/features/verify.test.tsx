import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { nextGoal } from "@/features/verify/components/next-steps";
import { QueuePicker } from "@/features/verify/components/queue-picker";
import type { VerifiedSet } from "@/lib/client/types";

const SET: VerifiedSet = {
  total: 12,
  meta: 8,
  holdout: 4,
  separate: 0,
  ready: false,
  missing: 18,
  recommended_missing: 38,
  classes: [{ label: "3", given: 100, total: 4, meta: 3, holdout: 1, needed: 6 }],
};

describe("nextGoal", () => {
  it("first counts the labels that a job requires", () => {
    expect(nextGoal(SET)).toEqual({ left: 18, text: "more labels required for a job" });
  });

  it("then the recommended labels, then none", () => {
    const ready = { ...SET, ready: true, missing: 0 };
    expect(nextGoal(ready)).toEqual({ left: 38, text: "more labels recommended for a job" });
    expect(nextGoal({ ...ready, recommended_missing: 0 }).left).toBe(0);
  });
});

describe("the queues", () => {
  const show = (queue: "verify" | "tie_break") => {
    const onChoose = vi.fn();
    render(
      <QueuePicker
        queue={queue}
        label={undefined}
        queues={{ verify: 1200, tie_break: 3, re_review: 0 }}
        classes={SET.classes}
        onChoose={onChoose}
      />,
    );
    return { onChoose, user: userEvent.setup() };
  };

  it("show their counts, and are chosen by a click", async () => {
    const { onChoose, user } = show("verify");
    expect(screen.getByRole("button", { name: /Verify 1,200/, pressed: true })).toBeVisible();
    await user.click(screen.getByRole("button", { name: /Tie-break 3/ }));
    expect(onChoose).toHaveBeenCalledWith("tie_break", undefined);
  });

  it("can be filtered by given label in the verify queue", async () => {
    const { onChoose, user } = show("verify");
    await user.selectOptions(screen.getByLabelText("Given label"), "3 (6 more needed)");
    expect(onChoose).toHaveBeenCalledWith("verify", "3");
  });

  it("cannot be filtered in the other queues", () => {
    show("tie_break");
    expect(screen.queryByLabelText("Given label")).not.toBeInTheDocument();
  });
});
