/** RFC 9457 problem details: the API's error format. */
import type { ProblemConflict, ProblemSetting } from "@/lib/client/types";

export interface ProblemItem {
  line?: number | null;
  name?: string | null;
  code: string;
  message: string;
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  errors: readonly ProblemItem[];
  /** Samples on which somebody decided otherwise meanwhile. */
  conflicts?: readonly ProblemConflict[];
  /** Settings that somebody changed meanwhile. */
  settings?: readonly ProblemSetting[];
}

/** An error response of the API, or no response at all (`status` 0). */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.title}: ${problem.detail}`);
    this.name = "ApiProblem";
  }
}

const UNREACHABLE: Problem = {
  status: 0,
  code: "unreachable",
  title: "The service does not respond",
  detail: "Check that the service is running and reachable, then try again.",
  errors: [],
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readItem(value: unknown): ProblemItem[] {
  if (!isRecord(value)) return [];
  return [
    {
      line: typeof value.line === "number" ? value.line : null,
      name: text(value.name) ?? null,
      code: text(value.code) ?? "",
      message: text(value.message) ?? "",
    },
  ];
}

/** Parses a response body; fills in defaults if it is incomplete or no problem document. */
export function readProblem(status: number, body: unknown): Problem {
  const fields = isRecord(body) ? body : {};
  return {
    status,
    code: text(fields.code) ?? `http_${status}`,
    title: text(fields.title) ?? `The service responded with status ${status}`,
    detail: text(fields.detail) ?? "",
    errors: Array.isArray(fields.errors) ? fields.errors.flatMap(readItem) : [],
    ...(Array.isArray(fields.conflicts) && { conflicts: fields.conflicts as ProblemConflict[] }),
    ...(Array.isArray(fields.settings) && { settings: fields.settings as ProblemSetting[] }),
  };
}

/** Converts anything thrown to a problem that can be shown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  // fetch() throws a TypeError when there is no response.
  if (error instanceof TypeError) return UNREACHABLE;
  const detail = error instanceof Error ? error.message : String(error);
  return { status: 0, code: "unexpected", title: "Something went wrong", detail, errors: [] };
}

/** Whether a retry may succeed. */
export function isTemporary({ status, code }: Problem): boolean {
  return code === "unreachable" || status === 408 || status === 429 || status >= 500;
}
