import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { ReviewerNameForm } from "@/components/annotate/reviewer-name-form";
import { ShortcutSheet } from "@/components/annotate/shortcut-sheet";

describe("the list of shortcuts", () => {
  it("shows the chosen preset, and stores the choice", async () => {
    const user = userEvent.setup();
    render(<ShortcutSheet open hasSuggestions onClose={vi.fn()} />);
    const sheet = within(screen.getByRole("dialog"));
    expect(sheet.getByRole("radio", { name: "Default" })).toBeChecked();
    expect(sheet.getByText("Classes 1 to 10, in dataset order")).toBeInTheDocument();
    await user.click(sheet.getByRole("radio", { name: "Prodigy" }));
    expect(sheet.getByText("Classes 11 to 20, in dataset order")).toBeInTheDocument();
    await user.click(sheet.getByRole("radio", { name: "Label Studio" }));
    expect(sheet.getByText("Ctrl+Enter", { selector: ".sr-only" })).toBeInTheDocument();
    expect(window.localStorage.getItem("mslg.keys")).toBe("label-studio");
  });

  it("omits shortcuts that need a suggestion", () => {
    render(<ShortcutSheet open hasSuggestions={false} onClose={vi.fn()} />);
    expect(screen.queryByText("Use the suggestion")).not.toBeInTheDocument();
    expect(screen.queryByText("Toggle nearest neighbours")).not.toBeInTheDocument();
    expect(screen.getByText("Toggle guidelines")).toBeInTheDocument();
  });
});

describe("the form for a name", () => {
  it("stores a name", async () => {
    const user = userEvent.setup();
    render(<ReviewerNameForm />);
    await user.type(screen.getByRole("textbox", { name: "Your name" }), " ada ");
    await user.click(screen.getByRole("button", { name: "Use this name" }));
    expect(window.localStorage.getItem("mslg.reviewer")).toBe("ada");
    expect(screen.queryByRole("form")).not.toBeInTheDocument();
  });

  it("can be dismissed", async () => {
    const user = userEvent.setup();
    render(<ReviewerNameForm />);
    await user.click(screen.getByRole("button", { name: "Continue without a name" }));
    expect(screen.queryByRole("form")).not.toBeInTheDocument();
    expect(window.localStorage.getItem("mslg.reviewer")).toBeNull();
  });

  it("is hidden once there is a name", () => {
    window.localStorage.setItem("mslg.reviewer", "ada");
    render(<ReviewerNameForm />);
    expect(screen.queryByRole("form")).not.toBeInTheDocument();
  });
});
