import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { ReviewerAsk } from "@/components/annotate/reviewer-ask";
import { ShortcutSheet } from "@/components/annotate/shortcut-sheet";

describe("the sheet of keys", () => {
  it("shows the chosen preset's keys, and remembers the choice", async () => {
    const user = userEvent.setup();
    render(<ShortcutSheet open hasLeads onClose={vi.fn()} />);
    const sheet = within(screen.getByRole("dialog"));
    expect(sheet.getByRole("radio", { name: "Own" })).toBeChecked();
    expect(sheet.getByText("Classes 1 to 10, in order of likelihood")).toBeInTheDocument();
    await user.click(sheet.getByRole("radio", { name: "Prodigy" }));
    expect(sheet.getByText("Classes 11 to 20, in order of likelihood")).toBeInTheDocument();
    await user.click(sheet.getByRole("radio", { name: "Label Studio" }));
    expect(sheet.getByText("Ctrl+Enter", { selector: ".sr-only" })).toBeInTheDocument();
    expect(window.localStorage.getItem("mslg.keys")).toBe("label-studio");
  });

  it("leaves out what a queue without suggestions does not have", () => {
    render(<ShortcutSheet open hasLeads={false} onClose={vi.fn()} />);
    expect(screen.queryByText("Take the suggestion")).not.toBeInTheDocument();
    expect(screen.queryByText("Fold: alike images")).not.toBeInTheDocument();
    expect(screen.getByText("Fold: guidelines")).toBeInTheDocument();
  });
});

describe("the question for a name", () => {
  it("takes a name", async () => {
    const user = userEvent.setup();
    render(<ReviewerAsk />);
    await user.type(screen.getByRole("textbox", { name: "Your name" }), " ada ");
    await user.click(screen.getByRole("button", { name: "Use this name" }));
    expect(window.localStorage.getItem("mslg.reviewer")).toBe("ada");
    expect(screen.queryByRole("form")).not.toBeInTheDocument();
  });

  it("takes no for an answer", async () => {
    const user = userEvent.setup();
    render(<ReviewerAsk />);
    await user.click(screen.getByRole("button", { name: "Go on without" }));
    expect(screen.queryByRole("form")).not.toBeInTheDocument();
    expect(window.localStorage.getItem("mslg.reviewer")).toBeNull();
  });

  it("is not put to somebody who has one", () => {
    window.localStorage.setItem("mslg.reviewer", "ada");
    render(<ReviewerAsk />);
    expect(screen.queryByRole("form")).not.toBeInTheDocument();
  });
});
