import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

import { FocusView } from "@/components/annotate/focus-view";
import type { QueueRequest } from "@/lib/annotate/leases";

import { type Call, fakeService, type Routes } from "./fake-service";

export const CLASSES = ["3", "5", "8"];
export const LONG = "2100-01-01T00:00:00Z";

/** A served sample with the given label 3 and the suggestion 8. */
export function served(id: number, fields: object = {}) {
  return {
    sample_id: String(id),
    file_name: `image-${id}.png`,
    width: 8,
    height: 8,
    given_label: "3",
    job_id: "j",
    suggested_label: "8",
    label_score: 0.01,
    rank: id,
    soft_label: [0.2, 0.1, 0.7],
    settled_label: null,
    probability: null,
    opinions: [],
    ...fields,
  };
}

export const DETAIL = {
  trajectory: [
    { given: 0.9, suggested: 0.1 },
    { given: 0.2, suggested: 0.7 },
  ],
  neighbours: {
    given: [{ sample_id: "71", file_name: "three.png" }],
    suggested: [{ sample_id: "72", file_name: "eight.png" }],
  },
};

/** Serves `all` in batches, without held and decided samples. */
export function leases(all: ReturnType<typeof served>[], answered: Set<string>) {
  return ({ body }: Call) => {
    const { holding, count } = body as { holding: string[]; count: number };
    const open = all.filter((s) => !holding.includes(s.sample_id) && !answered.has(s.sample_id));
    const items = open.slice(0, count);
    return { items, remaining: open.length - items.length, expires_at: LONG, seen: "7" };
  };
}

let visits = 0;

/** Each test has its own dataset, because decision queues live as long as the tab. */
export function setUp(all: ReturnType<typeof served>[], request: QueueRequest, more: Routes = {}) {
  const datasetId = `d${(visits += 1)}`;
  const answered = new Set<string>();
  const calls = fakeService({
    ...more,
    "POST /datasets/*/leases": leases(all, answered),
    "DELETE /datasets/*/leases": () => new Response(null, { status: 204 }),
    "POST /samples/*/verifications": ({ path }) => {
      answered.add(path.split("/")[2] ?? "");
      return {};
    },
    "GET /jobs/*/results/*": () => DETAIL,
  });
  const view = render(
    <QueryClientProvider
      client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}
    >
      <FocusView
        datasetId={datasetId}
        classes={CLASSES}
        guidelines="A 7 with a bar is a 7."
        request={request}
        heading={<h1>Review</h1>}
        renderSide={({ remaining }) => <p>remaining {remaining}</p>}
        finished="Come back later."
      />
    </QueryClientProvider>,
  );
  return { calls, user: userEvent.setup(), datasetId, ...view };
}

export const REVIEW: QueueRequest = { queue: "review", job_id: "j", given: "3" };
export const shown = () => screen.findByRole("img", { name: /^Sample / });
export const sent = (calls: Call[], method: string, end: string) =>
  calls.filter((call) => call.method === method && call.path.endsWith(end));
