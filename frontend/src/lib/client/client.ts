import createClient from "openapi-fetch";

import { ApiProblem, readProblem } from "@/lib/problem";

import type { paths } from "./schema";

export const API_ROOT = "/api/v1";

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  // Looked up per call, so that tests can replace it.
  fetch: (request) => globalThis.fetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns the body of a successful call; throws `ApiProblem` otherwise. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ApiProblem(readProblem(response.status, error));
  return data as T;
}
