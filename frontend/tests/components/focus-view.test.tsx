import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { fakeService, problemResponse } from "../fake-service";
import {
  CLASSES,
  DETAIL,
  leases,
  LONG,
  REVIEW,
  sent,
  served,
  setUp,
  shown,
} from "../focus-station";

beforeEach(() => {
  window.localStorage.setItem("mslg.reviewer", "ada");
});

describe("a queue of served images", () => {
  it("asks for its items with the filters and the name, and decides by key", async () => {
    const { calls, user } = setUp([served(1), served(2), served(3)], REVIEW);
    expect(await shown()).toHaveAccessibleName("Sample image-1.png");
    expect(sent(calls, "POST", "/leases")[0]?.body).toMatchObject({ ...REVIEW, reviewer: "ada" });
    await user.keyboard("1");
    expect(await shown()).toHaveAccessibleName("Sample image-2.png");
    await waitFor(() => {
      expect(sent(calls, "POST", "/verifications")).toHaveLength(1);
    });
    expect(sent(calls, "POST", "/verifications")[0]).toMatchObject({
      path: "/samples/1/verifications",
      body: { verdict: "wrong", label: "8", reviewer: "ada", job_id: "j" },
    });
    expect(await screen.findByText("All saved")).toBeInTheDocument();
    expect(screen.getByRole("status", { name: "Latest decision" })).toHaveTextContent(
      "image-1.png is wrong: 8",
    );
  });

  it("gives back what it was served on leaving", async () => {
    const { calls, unmount, datasetId } = setUp([served(1)], REVIEW);
    await shown();
    unmount();
    await waitFor(() => {
      expect(sent(calls, "DELETE", "/leases")).toHaveLength(1);
    });
    const [call] = sent(calls, "DELETE", "/leases");
    expect(call?.path).toBe(`/datasets/${datasetId}/leases`);
    expect(call?.query.get("reviewer")).toBe("ada");
  });

  it("has the next images loaded out of sight", async () => {
    setUp([served(1), served(2), served(3)], REVIEW);
    await shown();
    const sources = [...document.querySelectorAll("img")].map((image) => image.getAttribute("src"));
    expect(sources).toEqual(expect.arrayContaining(["/api/v1/samples/2/image"]));
    expect(screen.getAllByRole("img", { name: /^Sample / })).toHaveLength(1);
  });

  it("says when nothing is left, and leads back to what was skipped", async () => {
    const { user } = setUp([served(1), served(2)], REVIEW);
    await shown();
    await user.keyboard(" a");
    expect(await screen.findByText("That was the last one")).toBeInTheDocument();
    expect(screen.getByText("Come back later.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Back to what was skipped" }));
    expect(await shown()).toHaveAccessibleName("Sample image-1.png");
  });

  it("says that nothing waits at all, and looks again", async () => {
    const { calls, user } = setUp([], REVIEW);
    expect(await screen.findByText("Nothing is waiting here")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Look for more" }));
    expect(sent(calls, "POST", "/leases").length).toBeGreaterThan(1);
  });

  it("shows what went wrong, and tries again", async () => {
    let isBroken = true;
    const all = [served(1)];
    const serve = leases(all, new Set());
    const { user } = setUp(all, REVIEW);
    fakeService({
      "POST /datasets/*/leases": (call) =>
        isBroken ? problemResponse(503, "Service unavailable") : serve(call),
      "GET /jobs/*/results/*": () => DETAIL,
    });
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Service unavailable")).toBeInTheDocument();
    isBroken = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await shown()).toBeInTheDocument();
  });
});

describe("what stands beside the image", () => {
  it("shows look-alikes of both classes and the label by epoch, in words too", async () => {
    setUp([served(1)], REVIEW);
    expect(await screen.findByAltText("Verified as 3: three.png")).toBeInTheDocument();
    expect(screen.getByAltText("Verified as 8: eight.png")).toBeInTheDocument();
    expect(
      screen.getByRole("img", {
        name: "Over 2 epochs: given 3 from 90 % to 20 %, suggested 8 from 10 % to 70 %.",
      }),
    ).toBeInTheDocument();
  });

  it("folds by key, and stays folded", async () => {
    const { user } = setUp([served(1)], REVIEW);
    await screen.findByAltText("Verified as 3: three.png");
    await user.keyboard("n");
    expect(screen.queryByAltText("Verified as 3: three.png")).not.toBeInTheDocument();
    expect(window.localStorage.getItem("mslg.folded")).toContain("neighbours");
    await user.keyboard("g");
    expect(screen.queryByText("A 7 with a bar is a 7.")).not.toBeInTheDocument();
    await user.keyboard("g");
    expect(screen.getByText("A 7 with a bar is a 7.")).toBeInTheDocument();
  });

  it("leads nobody who builds the verified set", async () => {
    const bare = { suggested_label: null, soft_label: null, rank: null, label_score: null };
    setUp([served(1, bare)], { queue: "verify" });
    await shown();
    expect(screen.queryByRole("button", { name: "Take suggestion" })).not.toBeInTheDocument();
    expect(screen.queryByText("Verified images most like this")).not.toBeInTheDocument();
    const choices = within(screen.getByRole("group", { name: "Classes" })).getAllByRole("button");
    expect(choices.map((button) => button.querySelector("span")?.textContent)).toEqual(CLASSES);
  });

  it("tells who said what where a tie is to be broken, and what is settled at a second look", async () => {
    const opinions = [
      { reviewer: "ada", verdict: "correct", label: "3" },
      { reviewer: "bo", verdict: "wrong", label: "8" },
    ];
    setUp([served(1, { opinions, settled_label: "5", probability: 0.02 })], {
      queue: "second_look",
    });
    const list = await screen.findByRole("list", { name: "Opinions" });
    expect(list).toHaveTextContent("ada: correct: 3");
    expect(list).toHaveTextContent("bo: wrong: 8");
    expect(screen.getByText(/the run gives that class only 2.0 %/)).toBeInTheDocument();
  });

  it("zooms by key and fits again", async () => {
    const { user } = setUp([served(1)], REVIEW);
    const image = await shown();
    await user.keyboard("+");
    expect(image.style.transform).toContain("scale(1.4)");
    await user.keyboard("f");
    expect(image.style.transform).toContain("scale(1)");
  });
});

describe("comments", () => {
  it("are listed and added, with the keys at rest", async () => {
    const texts = ["Blurred."];
    const { calls, user } = setUp([served(1)], REVIEW, {
      "GET /samples/1/comments": () => ({
        items: texts.map((text, id) => ({
          id: String(id),
          sample_id: "1",
          reviewer: "bo",
          text,
          created_at: LONG,
        })),
      }),
      "POST /samples/1/comments": ({ body }) => {
        texts.push((body as { text: string }).text);
        return {};
      },
    });
    await shown();
    await user.keyboard("c");
    expect(await screen.findByText("Blurred.")).toBeInTheDocument();
    await user.type(screen.getByLabelText("Comment on this image"), "ask an expert");
    await user.click(screen.getByRole("button", { name: "Add" }));
    expect(await screen.findByText("ask an expert")).toBeInTheDocument();
    expect(sent(calls, "POST", "/comments")[0]?.body).toEqual({
      text: "ask an expert",
      reviewer: "ada",
    });
    expect(sent(calls, "POST", "/verifications")).toHaveLength(0);
  });
});
