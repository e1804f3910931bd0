import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { ProblemPanel } from "@/components/ui/problem-panel";
import { ApiProblem, readProblem } from "@/lib/problem";

describe("ProblemPanel", () => {
  it("shows title, detail and each error with its line and name", () => {
    const problem = readProblem(422, {
      title: "Verified labels refused",
      detail: "Nothing was stored.",
      errors: [
        { line: 4, name: "a.png", code: "unknown_name", message: "No such image." },
        { name: "7", code: "too_few", message: "2 more are needed." },
      ],
    });
    render(<ProblemPanel error={new ApiProblem(problem)} />);
    expect(screen.getByRole("alert")).toHaveTextContent("Verified labels refused");
    expect(screen.getByRole("alert")).toHaveTextContent("Nothing was stored.");
    const lines = screen.getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(lines).toEqual(["Line 4 · a.pngNo such image.", "72 more are needed."]);
  });

  it("offers a retry", async () => {
    const onRetry = vi.fn();
    render(<ProblemPanel error={new TypeError("Failed to fetch")} onRetry={onRetry} />);
    expect(screen.getByRole("alert")).toHaveTextContent("The service does not respond");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(onRetry).toHaveBeenCalledOnce();
  });
});
