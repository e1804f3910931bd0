import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Differences, SourceCheck } from "@/lib/client/types";
import { formatCount, formatTime } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";
import { isFinished } from "@/lib/work";

import { sourceQuery } from "../api/queries";
import { useSourceActions } from "../api/use-source-actions";

const KINDS = [
  { key: "new", label: "new" },
  { key: "changed", label: "changed since they were taken in" },
  { key: "missing", label: "missing" },
  { key: "same", label: "as they were" },
] as const;

function Report({ report }: { report: Differences }) {
  return (
    <ul aria-label="What the check found" className="list-inside list-disc">
      {KINDS.map(({ key, label }) => {
        const examples = report.examples[key] ?? [];
        return (
          <li key={key}>
            {formatCount(report[key])} {label}
            {examples.length > 0 && (
              <span className="break-all text-muted"> · {examples.slice(0, 5).join(", ")}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function LatestCheck({ check }: { check: SourceCheck | null }) {
  if (check === null) return <p className="text-muted">It has not been checked yet.</p>;
  if (check.error != null) {
    return <ProblemPanel error={new ApiProblem({ status: 0, errors: [], ...check.error })} />;
  }
  if (!isFinished(check.status)) {
    return <WorkProgress work={check} label="Check of the source" unit="files" />;
  }
  if (check.report == null) return null;
  return (
    <div className="space-y-1">
      <p>Checked on {formatTime(check.finished_at ?? check.created_at)}:</p>
      <Report report={check.report} />
    </div>
  );
}

/** Where the images of a dataset lie, what its latest check found, and what to do about it. */
export function SourcePanel({ datasetId }: { datasetId: string }) {
  const { data: state } = useQuery(sourceQuery(datasetId));
  const { check, add } = useSourceActions(datasetId);
  const source = state?.source;
  if (state === undefined || source == null) return null;
  const latest = state.check;
  const isChecking = check.isPending || (latest !== null && !isFinished(latest.status));

  return (
    <Panel title="Source">
      <div className="space-y-3">
        <p className="break-all">
          <code>{source.address}</code>
          {source.endpoint != null && source.endpoint !== "aws" && (
            <span className="text-muted"> at {source.endpoint}</span>
          )}
        </p>
        <LatestCheck check={latest} />
        <div className="flex flex-wrap gap-2">
          <Button
            disabled={isChecking}
            onClick={() => {
              check.mutate();
            }}
          >
            Check the source
          </Button>
          <Button
            disabled={add.isPending}
            onClick={() => {
              add.mutate();
            }}
          >
            Look for new images
          </Button>
        </div>
        {add.isSuccess && <p role="status">More images shows what it finds.</p>}
        {check.error !== null && <ProblemPanel error={check.error} />}
        {add.error !== null && <ProblemPanel error={add.error} />}
      </div>
    </Panel>
  );
}
