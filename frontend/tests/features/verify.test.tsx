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
  ready: false,
  missing: 18,
  recommended_missing: 38,
  classes: [{ label: "3", given: 100, total: 4, meta: 3, holdout: 1, needed: 6 }],
};

describe("nextGoal", () => {
  it("first counts what a job cannot start without", () => {
    expect(nextGoal(SET)).toEqual({ left: 18, text: "more until a job can start" });
  });

  it("then what makes a job worth running, then nothing", () => {
    const ready = { ...SET, ready: true, missing: 0 };
    expect(nextGoal(ready)).toEqual({ left: 38, text: "more until a job is worth running" });
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
        queues={{ verify: 1200, tie_break: 3, second_look: 0 }}
        classes={SET.classes}
        onChoose={onChoose}
      />,
    );
    return { onChoose, user: userEvent.setup() };
  };

  it("tell how much waits in each, and are chosen by a click", async () => {
    const { onChoose, user } = show("verify");
    expect(screen.getByRole("button", { name: /Verify next 1,200/, pressed: true })).toBeVisible();
    await user.click(screen.getByRole("button", { name: /Tie-break 3/ }));
    expect(onChoose).toHaveBeenCalledWith("tie_break", undefined);
  });

  it("narrow the first of them down to a class, and only the first", async () => {
    const { onChoose, user } = show("verify");
    await user.selectOptions(screen.getByLabelText("Images given as"), "3 (6 more needed)");
    expect(onChoose).toHaveBeenCalledWith("verify", "3");
  });

  it("have no classes where images were chosen by disagreement", () => {
    show("tie_break");
    expect(screen.queryByLabelText("Images given as")).not.toBeInTheDocument();
  });
});
