import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";

import { DecisionQueue, type Save } from "@/lib/annotate/decision-queue";
import { decisionFor, useAnnotator } from "@/lib/annotate/use-annotator";

import { makeItem } from "../items";

const item = (sampleId: string, suggested = "8") => makeItem(sampleId, { suggested });

const ITEMS = [item("1"), item("2"), item("3")];

function List({ queue }: { queue: DecisionQueue }) {
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
  render(<List queue={new DecisionQueue({ send })} />);
  return { saves, user: userEvent.setup() };
}

describe("keys", () => {
  it("decide and move on", async () => {
    const { saves, user } = setUp();
    await user.keyboard("a{Enter}3");
    expect(saves).toEqual(["1 correct", "2 wrong 8", "3 wrong 5"]);
    expect(screen.getByText("at 3")).toBeInTheDocument();
  });

  it("report the decision, and its undo", async () => {
    const { user } = setUp();
    await user.keyboard("2");
    expect(screen.getByRole("status")).toHaveTextContent("image-1.png: 3 is correct");
    await user.keyboard("{Backspace}");
    expect(screen.getByRole("status")).toHaveTextContent("Undone: image-1.png");
  });

  it("follow the chosen preset", async () => {
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

  it("move back and forth", async () => {
    const { user } = setUp();
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
    expect(screen.getByText("at 1")).toBeInTheDocument();
  });

  it("are off while typing", async () => {
    const { saves, user } = setUp();
    await user.type(screen.getByLabelText("note"), "sax{Backspace}");
    expect(saves).toEqual([]);
    expect(screen.getByLabelText("note")).toHaveValue("sa");
  });

  it("are off while a dialog is open", async () => {
    const { saves, user } = setUp();
    await user.keyboard("?a");
    expect(screen.getByText("dialog help")).toBeInTheDocument();
    expect(saves).toEqual([]);
  });

  it("start at the first item of another list", async () => {
    const { user } = setUp();
    await user.keyboard("{ArrowRight}");
    await user.click(screen.getByText("other list"));
    expect(screen.getByText("at 0")).toBeInTheDocument();
  });
});

describe("decisionFor", () => {
  it("is correct for the given label", () => {
    const correct = { verdict: "correct", label: null };
    expect(decisionFor({ type: "choice", position: 1 }, ITEMS[0] ?? item(""))).toEqual(correct);
    expect(decisionFor({ type: "suggestion" }, item("1", "3"))).toEqual(correct);
  });

  it("is null for a number beyond the list, and without a suggestion", () => {
    expect(decisionFor({ type: "choice", position: 8 }, item("1"))).toBeNull();
    expect(decisionFor({ type: "suggestion" }, { ...item("1"), suggested: null })).toBeNull();
  });

  it("can be wrong without a class", () => {
    const decision = { verdict: "wrong_unknown", label: null };
    expect(decisionFor({ type: "unknown" }, item("1"))).toEqual(decision);
  });
});
