import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { FirstRows } from "@/components/ui/first-rows";

function show(count: number) {
  const rows = Array.from({ length: count }, (_, index) => `class ${index}`);
  render(
    <FirstRows rows={rows}>
      {(shown) => (
        <ul>
          {shown.map((row) => (
            <li key={row}>{row}</li>
          ))}
        </ul>
      )}
    </FirstRows>,
  );
}

test("a long table draws its first rows until all are asked for", () => {
  show(400);
  expect(screen.getAllByRole("listitem")).toHaveLength(300);
  fireEvent.click(screen.getByRole("button", { name: "Show all 400" }));
  expect(screen.getAllByRole("listitem")).toHaveLength(400);
  expect(screen.queryByRole("button")).toBeNull();
});

test("a short table draws all rows", () => {
  show(300);
  expect(screen.getAllByRole("listitem")).toHaveLength(300);
  expect(screen.queryByRole("button")).toBeNull();
});
