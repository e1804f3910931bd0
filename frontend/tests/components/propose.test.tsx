import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { problemResponse } from "../fake-service";
import { REVIEW, sent, served, setUp, shown } from "../focus-view-setup";

beforeEach(() => {
  window.localStorage.setItem("mslg.reviewer", "ada");
});

const PROPOSAL = {
  id: "1",
  sample_id: "1",
  file_name: "image-1.png",
  name: "poncho",
  description: "",
  reviewer: "ada",
  status: "mapped",
  label: "8",
  reason: "It has sleeves.",
  created_at: "2026-11-27T08:00:00Z",
  decided_by: "mia",
  decided_at: "2026-11-27T09:00:00Z",
};

const empty = () => ({ items: [], next_cursor: null });

describe("proposing a class", () => {
  it("is done by keyboard alone, and the image leaves the list undecided", async () => {
    const { calls, user } = setUp([served(1), served(2)], REVIEW, {
      "GET /datasets/*/class-proposals": empty,
      "POST /samples/*/class-proposals": () => PROPOSAL,
    });
    await shown();
    await user.keyboard("p");
    await screen.findByRole("dialog", { name: "Propose a class" });
    await user.keyboard("poncho{Enter}");
    await waitFor(async () => {
      expect(await shown()).toHaveAccessibleName("Sample image-2.png");
    });
    expect(sent(calls, "POST", "/class-proposals")[0]).toMatchObject({
      path: "/samples/1/class-proposals",
      body: { name: "poncho", description: "", reviewer: "ada" },
    });
    expect(sent(calls, "POST", "/verifications")).toHaveLength(0);
    expect(screen.getByRole("status", { name: "Latest decision" })).toHaveTextContent(
      "image-1.png: “poncho” proposed",
    );
  });

  it("takes over what was searched for in vain, and says why it is refused", async () => {
    const { user } = setUp([served(1)], REVIEW, {
      "GET /datasets/*/class-proposals": empty,
      "POST /samples/*/class-proposals": () => problemResponse(409, "already_proposed"),
    });
    await shown();
    await user.keyboard("/poncho{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "Propose a class" });
    expect(within(dialog).getByLabelText("Name")).toHaveValue("poncho");
    await user.keyboard("{Enter}");
    expect(await within(dialog).findByRole("alert")).toBeInTheDocument();
    expect(dialog).toBeInTheDocument();
  });

  it("shows the author the outcome", async () => {
    const { user } = setUp([served(1)], REVIEW, {
      "GET /datasets/*/class-proposals": () => ({ items: [PROPOSAL], next_cursor: null }),
    });
    await shown();
    await user.keyboard("o");
    const panel = await screen.findByRole("region", { name: "Proposed classes" });
    expect(await within(panel).findAllByText("Use “8” instead. It has sleeves.")).toHaveLength(2);
  });
});
