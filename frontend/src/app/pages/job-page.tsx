import { useQuery } from "@tanstack/react-query";

import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { StatusBadge } from "@/components/ui/work-progress";
import { ExportPanel } from "@/features/exports";
import {
  epochsQuery,
  JobProgressPanel,
  jobQuery,
  jobTitle,
  TrainingCurves,
  useJobEvents,
} from "@/features/jobs";
import { SummaryView } from "@/features/results";
import type { EpochReport, Job } from "@/lib/client/types";
import { formatDuration, formatPlural, secondsBetween } from "@/lib/format";
import { isFinished } from "@/lib/work";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

function FinishedJob({ job, reports }: { job: Job; reports: readonly EpochReport[] }) {
  return (
    <div className="space-y-5">
      <SummaryView jobId={job.id} />
      <ExportPanel jobId={job.id} />
      <details>
        <summary className="mb-3 w-fit font-semibold">Training curves</summary>
        <TrainingCurves reports={reports} />
      </details>
    </div>
  );
}

/** A job: live while it runs, its results once it is done. */
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
