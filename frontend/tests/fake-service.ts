import { vi } from "vitest";

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

type Answer = (call: Call) => unknown;

/** Responses to `METHOD /path` below /api/v1; `*` matches one path segment. A `Response` is returned unchanged. */
export type Routes = Record<string, Answer>;

function matches(pattern: string, method: string, path: string): boolean {
  const [wanted = "", route = ""] = pattern.split(" ");
  const expression = new RegExp(`^${route.replaceAll("*", "[^/]+")}$`);
  return wanted === method && expression.test(path);
}

/** Replaces `fetch` with a fake service; returns the list of its calls. */
export function fakeService(routes: Routes): Call[] {
  const calls: Call[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request =
      input instanceof Request ? input : new Request(new URL(input, window.location.origin), init);
    const url = new URL(request.url);
    const text = await request.text();
    const call: Call = {
      method: request.method,
      path: url.pathname.replace("/api/v1", ""),
      query: url.searchParams,
      body: text === "" ? null : (JSON.parse(text) as unknown),
    };
    calls.push(call);
    const answer = Object.entries(routes).find(([key]) => matches(key, call.method, call.path));
    const body = answer?.[1](call);
    if (body instanceof Response) return body;
    return body === undefined ? problemResponse(404) : Response.json(body);
  });
  return calls;
}

export function problemResponse(status: number, title = "No", detail = "Not so."): Response {
  return Response.json({ title, detail, code: "test" }, { status });
}
