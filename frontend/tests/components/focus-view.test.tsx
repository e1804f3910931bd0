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
} from "../focus-view-setup";

beforeEach(() => {
  window.localStorage.setItem("mslg.reviewer", "ada");
});

describe("a queue of served images", () => {
  it("requests items with the filters and the name, and decides by key", async () => {
    const { calls, user } = setUp([served(1), served(2), served(3)], REVIEW);
    expect(await shown()).toHaveAccessibleName("Sample image-1.png");
    expect(sent(calls, "POST", "/leases")[0]?.body).toMatchObject({ ...REVIEW, reviewer: "ada" });
    await user.keyboard("3"); // the third class of the dataset
    expect(await shown()).toHaveAccessibleName("Sample image-2.png");
    await waitFor(() => {
      expect(sent(calls, "POST", "/verifications")).toHaveLength(1);
    });
    expect(sent(calls, "POST", "/verifications")[0]).toMatchObject({
      path: "/samples/1/verifications",
      body: { verdict: "wrong", label: "8", reviewer: "ada", job_id: "j", seen: "7" },
    });
    expect(await screen.findByText("All saved")).toBeInTheDocument();
    expect(screen.getByRole("status", { name: "Latest decision" })).toHaveTextContent(
      "image-1.png: 3 → 8",
    );
  });

  it("releases its leases on leaving", async () => {
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

  it("preloads the next images", async () => {
    setUp([served(1), served(2), served(3)], REVIEW);
    await shown();
    const sources = [...document.querySelectorAll("img")].map((image) => image.getAttribute("src"));
    expect(sources).toEqual(expect.arrayContaining(["/api/v1/samples/2/image"]));
    expect(screen.getAllByRole("img", { name: /^Sample / })).toHaveLength(1);
  });

  it("shows the end of the list, and returns to skipped images", async () => {
    const { user } = setUp([served(1), served(2)], REVIEW);
    await shown();
    await user.keyboard(" a");
    expect(await screen.findByText("No more images")).toBeInTheDocument();
    expect(screen.getByText("Come back later.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Back to skipped images" }));
    expect(await shown()).toHaveAccessibleName("Sample image-1.png");
  });

  it("shows an empty queue, and checks again", async () => {
    const { calls, user } = setUp([], REVIEW);
    expect(await screen.findByText("The queue is empty")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Check for more" }));
    expect(sent(calls, "POST", "/leases").length).toBeGreaterThan(1);
  });

  it("shows an error, and retries", async () => {
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

describe("the panels beside the image", () => {
  it("show nearest neighbours of both classes and the prediction history, also as text", async () => {
    setUp([served(1)], REVIEW);
    expect(await screen.findByAltText("Verified as 3: three.png")).toBeInTheDocument();
    expect(screen.getByAltText("Verified as 8: eight.png")).toBeInTheDocument();
    expect(
      screen.getByRole("img", {
        name: "Over 2 epochs: given 3 from 90 % to 20 %, suggested 8 from 10 % to 70 %.",
      }),
    ).toBeInTheDocument();
  });

  it("fold by key, and stay folded", async () => {
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

  it("hide the suggestion while the verified set is built", async () => {
    const bare = { suggested_label: null, soft_label: null, rank: null, label_score: null };
    setUp([served(1, bare)], { queue: "verify" });
    await shown();
    expect(screen.queryByRole("button", { name: "Use suggestion" })).not.toBeInTheDocument();
    expect(screen.queryByText("Nearest verified images")).not.toBeInTheDocument();
    const choices = within(screen.getByRole("group", { name: "Classes" })).getAllByRole("button");
    expect(choices.map((button) => button.querySelector("span")?.textContent)).toEqual(CLASSES);
  });

  it("show the opinions in a tie-break, and the settled label in re-review", async () => {
    const opinions = [
      { reviewer: "ada", verdict: "correct", label: "3" },
      { reviewer: "bo", verdict: "wrong", label: "8" },
    ];
    setUp([served(1, { opinions, settled_label: "5", probability: 0.02 })], {
      queue: "re_review",
    });
    const list = await screen.findByRole("list", { name: "Opinions" });
    expect(list).toHaveTextContent("ada: 3 is correct");
    expect(list).toHaveTextContent("bo: 3 → 8");
    expect(screen.getByText(/the job gives this class only 10.0 %/)).toBeInTheDocument();
  });

  it("zoom by key and fit again", async () => {
    const { user } = setUp([served(1)], REVIEW);
    const image = await shown();
    await user.keyboard("+");
    expect(image.style.transform).toContain("scale(1.4)");
    await user.keyboard("f");
    expect(image.style.transform).toContain("scale(1)");
  });
});

describe("comments", () => {
  it("are listed and added, with shortcuts off", async () => {
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
