import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";

import { DecisionQueue, type Save } from "@/lib/annotate/decision-queue";
import { decisionFor, useAnnotator } from "@/lib/annotate/use-annotator";

import { makeItem } from "../items";

const item = (sampleId: string, suggested = "8") => makeItem(sampleId, { suggested });

const ITEMS = [item("1"), item("2"), item("3")];

function Station({ queue }: { queue: DecisionQueue }) {
  const [listName, setListName] = useState("all");
  const { index, dialog, note } = useAnnotator({
    datasetId: "d",
    classes: ["8", "3", "5"],
    items: ITEMS,
    listName,
    queue,
    bringBack: ({ sampleId }) => ITEMS.findIndex((other) => other.sampleId === sampleId),
  });
  return (
    <>
      <p role="status">{note}</p>
      <p>at {index}</p>
      <p>dialog {dialog}</p>
      <input aria-label="note" />
      <button
        onClick={() => {
          setListName("other");
        }}
      >
        other list
      </button>
    </>
  );
}

function setUp() {
  const saves: string[] = [];
  const send = ({ sampleId, verdict, label }: Save) => {
    saves.push([sampleId, verdict, label].filter(Boolean).join(" "));
    return Promise.resolve(undefined);
  };
  render(<Station queue={new DecisionQueue({ send })} />);
  return { saves, user: userEvent.setup() };
}

describe("keys", () => {
  it("decide and move on", async () => {
    const { saves, user } = setUp();
    await user.keyboard("a{Enter}3");
    expect(saves).toEqual(["1 correct", "2 wrong 8", "3 wrong 5"]);
    expect(screen.getByText("at 3")).toBeInTheDocument();
  });

  it("say what was decided, and what was taken back", async () => {
    const { user } = setUp();
    await user.keyboard("2");
    expect(screen.getByRole("status")).toHaveTextContent("image-1.png is correct: 3");
    await user.keyboard("{Backspace}");
    expect(screen.getByRole("status")).toHaveTextContent("Taken back for image-1.png");
  });

  it("follow the preset that was chosen", async () => {
    window.localStorage.setItem("mslg.keys", "label-studio");
    const { saves, user } = setUp();
    await user.keyboard("a{Control>}{Enter}{/Control}");
    expect(saves).toEqual(["1 correct"]);
  });

  it("decide nothing past the end", async () => {
    const { saves, user } = setUp();
    await user.keyboard("   aaa");
    expect(saves).toEqual([]);
  });

  it("undo and return to the image", async () => {
    const { saves, user } = setUp();
    await user.keyboard("u x{Backspace}");
    expect(saves).toEqual(["1 unsure", "3 unusable", "3 withdrawn"]);
    expect(screen.getByText("at 2")).toBeInTheDocument();
    await user.keyboard("{Control>}z{/Control}");
    expect(saves.at(-1)).toBe("1 withdrawn");
    expect(screen.getByText("at 0")).toBeInTheDocument();
  });

  it("leaf back and forth", async () => {
    const { user } = setUp();
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
    expect(screen.getByText("at 1")).toBeInTheDocument();
  });

  it("rest while someone types", async () => {
    const { saves, user } = setUp();
    await user.type(screen.getByLabelText("note"), "sax{Backspace}");
    expect(saves).toEqual([]);
    expect(screen.getByLabelText("note")).toHaveValue("sa");
  });

  it("rest while a dialog is open", async () => {
    const { saves, user } = setUp();
    await user.keyboard("?a");
    expect(screen.getByText("dialog help")).toBeInTheDocument();
    expect(saves).toEqual([]);
  });

  it("start at the top of another list", async () => {
    const { user } = setUp();
    await user.keyboard("{ArrowRight}");
    await user.click(screen.getByText("other list"));
    expect(screen.getByText("at 0")).toBeInTheDocument();
  });
});

describe("decisionFor", () => {
  it("says correct when the class named is the given one", () => {
    const correct = { verdict: "correct", label: null };
    expect(decisionFor({ type: "choice", position: 1 }, ITEMS[0] ?? item(""))).toEqual(correct);
    expect(decisionFor({ type: "suggestion" }, item("1", "3"))).toEqual(correct);
  });

  it("knows no class for a number beyond the list, and no suggestion where there is none", () => {
    expect(decisionFor({ type: "choice", position: 8 }, item("1"))).toBeNull();
    expect(decisionFor({ type: "suggestion" }, { ...item("1"), suggested: null })).toBeNull();
  });

  it("can say wrong without knowing better", () => {
    const decision = { verdict: "wrong_unknown", label: null };
    expect(decisionFor({ type: "unknown" }, item("1"))).toEqual(decision);
  });
});
