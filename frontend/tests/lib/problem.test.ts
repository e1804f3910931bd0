import { describe, expect, it } from "vitest";

import { ApiProblem, isTemporary, readProblem, toProblem } from "@/lib/problem";

describe("readProblem", () => {
  it("reads problem details with their list", () => {
    const body = {
      title: "Verified labels refused",
      detail: "Correct them.",
      code: "bad_verifications",
      errors: [{ line: 4, name: "a.png", code: "unknown_name", message: "No such image." }],
    };
    expect(readProblem(422, body)).toEqual({ status: 422, ...body });
  });

  it.each([[null], ["<html>Bad gateway</html>"], [{ title: 7, errors: "none" }]])(
    "has defaults for %j",
    (body) => {
      const problem = readProblem(502, body);
      expect(problem.title).toBe("The service responded with status 502");
      expect(problem.errors).toEqual([]);
    },
  );
});

describe("toProblem", () => {
  it("keeps the service's own problem", () => {
    const problem = readProblem(404, { title: "Not found" });
    expect(toProblem(new ApiProblem(problem))).toBe(problem);
  });

  it("reports an unreachable service", () => {
    expect(toProblem(new TypeError("Failed to fetch")).code).toBe("unreachable");
  });

  it("converts anything else that was thrown", () => {
    expect(toProblem("odd").detail).toBe("odd");
    expect(toProblem(new Error("broken")).detail).toBe("broken");
  });
});

describe("isTemporary", () => {
  it.each([
    [408, true],
    [429, true],
    [500, true],
    [503, true],
    [401, false],
    [404, false],
    [422, false],
  ])("status %d: %s", (status, expected) => {
    expect(isTemporary(readProblem(status, null))).toBe(expected);
  });

  it("includes network errors", () => {
    expect(isTemporary(toProblem(new TypeError("Failed to fetch")))).toBe(true);
  });
});
