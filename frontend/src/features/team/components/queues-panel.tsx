import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue } from "react";

import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { formatCount } from "@/lib/format";
import type { VerifyQueue } from "@/lib/review-search";
import { useReviewer } from "@/lib/reviewer";

import { queuesQuery } from "../api/queries";

const QUEUES: readonly { queue: VerifyQueue; name: string; meaning: string }[] = [
  { queue: "verify", name: "Verify next", meaning: "Images that help the next job most" },
  { queue: "tie_break", name: "Tie-breaks", meaning: "Reviewers disagree: have the last word" },
  {
    queue: "second_look",
    name: "Second looks",
    meaning: "Verified labels that a job contradicts without having learned from them",
  },
];

/** What waits for this reviewer, each queue a link. */
export function QueuesPanel({ datasetId }: { datasetId: string }) {
  const [reviewer] = useReviewer();
  const name = useDeferredValue(reviewer.trim());
  const { data: counts, error, refetch } = useQuery(queuesQuery(datasetId, name));
  return (
    <Panel title={name === "" ? "Waiting for you" : `Waiting for ${name}`}>
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {counts === undefined && error === null && <Loading />}
      {counts !== undefined && (
        <ul className="-my-2 divide-y divide-line">
          {QUEUES.map(({ queue, name: title, meaning }) => (
            <li key={queue}>
              <Link
                to="/datasets/$datasetId/verify"
                params={{ datasetId }}
                search={{ queue }}
                className="group flex items-center justify-between gap-4 py-2"
              >
                <span className="min-w-0">
                  <span className="block font-medium text-accent group-hover:underline">
                    {title}
                  </span>
                  <span className="block text-xs text-muted">{meaning}</span>
                </span>
                <span className="text-lg font-semibold">{formatCount(counts[queue])}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
