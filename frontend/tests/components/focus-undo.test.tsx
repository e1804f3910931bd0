import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { type Call, problemResponse } from "../fake-service";
import { LONG, REVIEW, sent, served, setUp, shown } from "../focus-view-setup";

function decision(id: number, sampleId: string, verdict: string, label: string | null) {
  return {
    id: String(id),
    sample_id: sampleId,
    file_name: `image-${sampleId}.png`,
    given_label: "3",
    verdict,
    label,
    source: "review",
    role: "opinion",
    reviewer: "ada",
    job_id: null,
    withdraws_id: null,
    withdrawn: false,
    created_at: LONG,
  };
}

/** Audit trail of earlier decisions, newest first; a withdrawal marks its decision. */
function trail(decisions: ReturnType<typeof decision>[]) {
  return {
    "GET /datasets/*/verifications": ({ query }: Call) => {
      const sampleId = query.get("sample_id");
      const items = decisions.filter((one) => sampleId === null || one.sample_id === sampleId);
      return { items, next_cursor: null };
    },
    "POST /verifications/*/withdrawal": ({ path }: Call) => {
      const found = decisions.find(({ id }) => id === path.split("/")[2]);
      if (found !== undefined) found.withdrawn = true;
      return {};
    },
  };
}

const pressed = (name: string) => screen.getByRole("button", { name }).getAttribute("aria-pressed");

beforeEach(() => {
  window.localStorage.setItem("mslg.reviewer", "ada");
});

describe("undo", () => {
  it("withdraws an earlier decision and shows its image", async () => {
    const decisions = [decision(7, "99", "wrong", "8"), decision(5, "98", "unsure", null)];
    const { calls, user } = setUp([served(1)], REVIEW, trail(decisions));
    await shown();
    await user.keyboard("{Backspace}");
    expect(await screen.findByRole("img", { name: "Sample image-99.png" })).toBeInTheDocument();
    expect(sent(calls, "POST", "/withdrawal")[0]).toMatchObject({
      path: "/verifications/7/withdrawal",
      body: { reviewer: "ada" },
    });
    expect(screen.getByRole("status", { name: "Latest decision" })).toHaveTextContent(
      "Undone: image-99.png, 3 → 8",
    );
    await user.keyboard("{Backspace}");
    expect(await screen.findByRole("img", { name: "Sample image-98.png" })).toBeInTheDocument();
  });

  it("shows the previous decision, which is active again", async () => {
    const decisions = [decision(7, "99", "wrong", "8"), decision(5, "99", "unsure", null)];
    const { user } = setUp([served(1)], REVIEW, trail(decisions));
    await shown();
    await user.keyboard("{Backspace}");
    await screen.findByRole("img", { name: "Sample image-99.png" });
    expect(pressed("Unsure")).toBe("true");
  });

  it("loads the active decision after this tab's one is withdrawn", async () => {
    const { user, calls } = setUp(
      [served(1)],
      REVIEW,
      trail([decision(5, "1", "wrong_unknown", null)]),
    );
    await shown();
    await user.keyboard("u");
    await screen.findByText("All saved");
    await user.keyboard("{Backspace}");
    expect(await shown()).toHaveAccessibleName("Sample image-1.png");
    await waitFor(() => {
      expect(pressed("Wrong, class unknown")).toBe("true");
    });
    expect(sent(calls, "POST", "/verifications").at(-1)?.body).toMatchObject({
      verdict: "withdrawn",
    });
  });

  it("reports when nothing is left", async () => {
    const { user } = setUp([served(1)], REVIEW, trail([]));
    await shown();
    await user.keyboard("{Backspace}");
    expect(await screen.findByText("Nothing left to undo.")).toBeInTheDocument();
  });

  it("reports why it failed", async () => {
    const { user } = setUp([served(1)], REVIEW, {
      "GET /datasets/*/verifications": () => problemResponse(503, "Service unavailable"),
    });
    await shown();
    await user.keyboard("{Backspace}");
    expect(await screen.findByText(/Not undone: Service unavailable/)).toBeInTheDocument();
  });
});

describe("without a network", () => {
  it("keeps decisions, and shows that it is offline", async () => {
    const { user } = setUp([served(1)], REVIEW, {
      "POST /samples/*/verifications": () => Response.error(),
    });
    await shown();
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("no network"));
    await user.keyboard("a");
    expect(await screen.findByText(/Offline: 1 decision kept in this browser/)).toBeInTheDocument();
    await user.click(await screen.findByRole("button", { name: "Check for more" }));
    expect(await screen.findByText("You are offline")).toBeInTheDocument();
  });
});

describe("a decision that comes too late", () => {
  it("is reported as refused, and blocks nothing", async () => {
    const { user } = setUp([served(1), served(2)], REVIEW, {
      "POST /samples/1/verifications": () =>
        problemResponse(409, "Conflict", "Somebody was faster."),
    });
    await shown();
    await user.keyboard("aa");
    expect(await screen.findByText(/1 decision refused: Somebody was faster./)).toBeInTheDocument();
    expect(screen.getByText("All saved")).toBeInTheDocument();
  });
});
