import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { directionOf } from "@/lib/annotate/use-swipe";

import { REVIEW, sent, served, setUp, shown } from "../focus-view-setup";

interface Finger {
  pointerId?: number;
  pointerType?: string;
  isPrimary?: boolean;
}

const FINGER = { pointerId: 1, pointerType: "touch", isPrimary: true };

/** jsdom has no PointerEvent: a mouse event carries the same fields. */
function point(target: Element, type: string, x: number, y: number, finger: Finger = {}) {
  const event = new MouseEvent(type, { bubbles: true, clientX: x, clientY: y });
  fireEvent(target, Object.assign(event, FINGER, finger));
}

function drag(target: Element, x: number, y: number, finger: Finger = {}) {
  point(target, "pointerdown", 200, 200, finger);
  point(target, "pointermove", 200 + x / 2, 200 + y / 2, finger);
  point(target, "pointermove", 200 + x, 200 + y, finger);
}

function swipe(target: Element, x: number, y: number, finger: Finger = {}) {
  drag(target, x, y, finger);
  point(target, "pointerup", 200 + x, 200 + y, finger);
}

const THREE = [served(1), served(2), served(3)];

beforeEach(() => {
  window.localStorage.setItem("mslg.reviewer", "ada");
});

describe("the direction of a movement", () => {
  it.each([
    [80, 10, "right"],
    [-80, 10, "left"],
    [5, -80, "up"],
    [5, 80, null],
    [40, 0, null],
    [80, 70, null],
    [70, -80, null],
  ] as const)("of (%i, %i) is %s", (x, y, direction) => {
    expect(directionOf({ x, y })).toBe(direction);
  });
});

describe("swipes", () => {
  it.each([
    [120, 0, { verdict: "correct" }],
    [-120, 0, { verdict: "wrong", label: "8" }],
  ])("of (%i, %i) decide", async (x, y, decision) => {
    const { calls } = setUp(THREE, REVIEW);
    swipe(await shown(), x, y);
    expect(await shown()).toHaveAccessibleName("Sample image-2.png");
    await waitFor(() => {
      expect(sent(calls, "POST", "/verifications")).toHaveLength(1);
    });
    expect(sent(calls, "POST", "/verifications")[0]?.body).toMatchObject(decision);
  });

  it("up skips, and decides nothing", async () => {
    const { calls } = setUp(THREE, REVIEW);
    swipe(await shown(), 0, -120);
    expect(await shown()).toHaveAccessibleName("Sample image-2.png");
    expect(sent(calls, "POST", "/verifications")).toHaveLength(0);
  });

  it("left opens the class search where there is no suggestion", async () => {
    const plain = { suggested_label: null, soft_label: null, rank: null, label_score: null };
    setUp([served(1, plain)], { queue: "verify" });
    swipe(await shown(), -120, 0);
    expect(await screen.findByRole("combobox", { name: "Search class" })).toBeInTheDocument();
  });

  it("of a mouse, of two fingers and short ones mean nothing", async () => {
    const { calls } = setUp(THREE, REVIEW);
    const image = await shown();
    swipe(image, 120, 0, { pointerType: "mouse" });
    swipe(image, 30, 0);
    point(image, "pointerdown", 200, 200);
    point(image, "pointerdown", 220, 220, { pointerId: 2, isPrimary: false });
    point(image, "pointermove", 400, 200);
    point(image, "pointerup", 400, 200);
    expect(await shown()).toHaveAccessibleName("Sample image-1.png");
    expect(sent(calls, "POST", "/verifications")).toHaveLength(0);
  });

  it("say before the finger lifts what they will do", async () => {
    setUp(THREE, REVIEW);
    drag(await shown(), 120, 0);
    expect(screen.getByText("→ Keep the given label")).toBeInTheDocument();
    drag(await shown(), 10, 0);
    expect(screen.queryByText("→ Keep the given label")).not.toBeInTheDocument();
  });
});

describe("the hint", () => {
  it("is shown until it is dismissed, once for all", async () => {
    const { user, unmount } = setUp(THREE, REVIEW);
    await shown();
    expect(screen.getByRole("complementary", { name: "Swipes" })).toHaveTextContent(
      "Use the suggestion",
    );
    await user.click(screen.getByRole("button", { name: "Got it" }));
    expect(screen.queryByRole("complementary", { name: "Swipes" })).not.toBeInTheDocument();
    unmount();
    setUp(THREE, REVIEW);
    await shown();
    expect(screen.queryByRole("complementary", { name: "Swipes" })).not.toBeInTheDocument();
  });
});
