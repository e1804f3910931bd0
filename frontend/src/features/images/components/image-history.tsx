import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { LINK } from "@/components/ui/table";
import { describeDecision } from "@/lib/annotate/decision";
import type { Sample } from "@/lib/client/types";
import { formatTime, reviewerName } from "@/lib/format";

import { historyQuery } from "../api/queries";

/** Every decision about the image, newest first; withdrawn ones are struck out. */
export function ImageHistory({ sample }: { sample: Sample }) {
  const { data, error, refetch } = useQuery(historyQuery(sample.id));
  const decisions = data?.items ?? [];
  const withdrawn = new Set(decisions.map(({ withdraws_id }) => withdraws_id));
  return (
    <Panel
      title="Decisions, newest first"
      aside={
        <Link
          to="/datasets/$datasetId/activity"
          params={{ datasetId: sample.dataset_id }}
          search={{ sample_id: sample.id }}
          className={LINK}
        >
          Take back
        </Link>
      }
    >
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && decisions.length === 0 && (
        <p className="text-muted">Nobody has decided yet.</p>
      )}
      <ol aria-label="Decisions" className="divide-y divide-line text-sm">
        {decisions.toReversed().map((decision) => (
          <li key={decision.id} className="flex flex-wrap justify-between gap-x-4 py-1.5">
            <span className={cx(withdrawn.has(decision.id) && "text-muted line-through")}>
              {describeDecision(decision, sample.given_label)}
            </span>
            <span className="text-muted">
              {decision.source === "upload" ? "upload" : reviewerName(decision.reviewer)},{" "}
              {formatTime(decision.created_at)}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
