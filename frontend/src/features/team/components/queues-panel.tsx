import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue } from "react";

import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { formatCount } from "@/lib/format";
import { queuesQuery, QUEUE_TEXTS, VERIFY_QUEUES } from "@/lib/queues";
import { useReviewer } from "@/lib/reviewer";

/** The reviewer's queues with their counts, as links. */
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
          {VERIFY_QUEUES.map((queue) => (
            <li key={queue}>
              <Link
                to="/datasets/$datasetId/verify"
                params={{ datasetId }}
                search={{ queue }}
                className="group flex items-center justify-between gap-4 py-2"
              >
                <span className="min-w-0">
                  <span className="block font-medium text-accent group-hover:underline">
                    {QUEUE_TEXTS[queue].title}
                  </span>
                  <span className="block text-xs text-muted">{QUEUE_TEXTS[queue].description}</span>
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
