import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { buttonClass } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { StatusBadge } from "@/components/ui/work-progress";
import { AutoAcceptPanel } from "@/features/auto-accept";
import { ExportPanel } from "@/features/exports";
import {
  epochsQuery,
  JobProgressPanel,
  jobQuery,
  jobTitle,
  RerunButton,
  TrainingCurves,
  useJobEvents,
} from "@/features/jobs";
import { ProgressPanel } from "@/features/progress";
import { SummaryView } from "@/features/results";
import { verifiedSetQuery } from "@/features/verify";
import type { EpochReport, Job } from "@/lib/client/types";
import { formatDuration, formatPlural, secondsBetween } from "@/lib/format";
import { isFinished } from "@/lib/work";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

/** Compares with the parent job; without one, the user chooses a job on the comparison page. */
function CompareLink({ job: { id, parent_id } }: { job: Job }) {
  return (
    <Link
      to="/jobs/$jobId/compare"
      params={{ jobId: parent_id ?? id }}
      search={parent_id === null ? {} : { with: id }}
      className={buttonClass()}
    >
      {parent_id === null ? "Compare with another job" : "Compare with previous job"}
    </Link>
  );
}

function FinishedJob({ job, reports }: { job: Job; reports: readonly EpochReport[] }) {
  const { data: verifiedSet } = useQuery(verifiedSetQuery(job.dataset_id));
  const settled = Object.fromEntries(
    (verifiedSet?.classes ?? []).map(({ label, total }) => [label, total]),
  );
  return (
    <div className="space-y-5">
      <SummaryView jobId={job.id} settled={settled}>
        <ProgressPanel jobId={job.id} action={<RerunButton job={job} />} />
      </SummaryView>
      <AutoAcceptPanel jobId={job.id} />
      <ExportPanel jobId={job.id} />
      <details>
        <summary className="mb-3 w-fit font-semibold">Training curves</summary>
        <TrainingCurves reports={reports} />
      </details>
    </div>
  );
}

/** A job: live progress while it runs, results when it has succeeded. */
export function JobPage({ jobId }: { jobId: string }) {
  const { data: job, error, refetch } = useQuery(jobQuery(jobId));
  const { data: reports = [] } = useQuery(epochsQuery(jobId));
  useJobEvents(jobId, job !== undefined && !isFinished(job.status));

  if (job === undefined) {
    if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
    return (
      <Page>
        <Loading label="Loading the job" />
      </Page>
    );
  }
  const isDone = job.status === "succeeded";
  return (
    <Page>
      <PageHeader
        title={jobTitle(job)}
        back={{ label: "Dataset", to: `/datasets/${job.dataset_id}` }}
        meta={
          isDone &&
          job.started_at !== null && (
            <>
              <StatusBadge status={job.status} />
              <span className="text-muted">
                {formatPlural(reports.length, "epoch")} in{" "}
                {formatDuration(secondsBetween(job.started_at, job.finished_at))}
              </span>
            </>
          )
        }
        actions={isDone && <CompareLink job={job} />}
      />
      {isDone ? (
        <FinishedJob job={job} reports={reports} />
      ) : (
        <div className="space-y-5">
          <JobProgressPanel job={job} latest={reports.at(-1)} />
          <TrainingCurves reports={reports} />
        </div>
      )}
    </Page>
  );
}
