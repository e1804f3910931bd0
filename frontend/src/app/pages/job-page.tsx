import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { buttonClass } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { TabBar } from "@/components/ui/tab-bar";
import { StatusBadge } from "@/components/ui/work-progress";
import { AutoAcceptPanel } from "@/features/auto-accept";
import { datasetQuery } from "@/features/datasets";
import { ExportPanel } from "@/features/exports";
import {
  epochsQuery,
  JobProgressPanel,
  JobSettings,
  jobQuery,
  jobTitle,
  RerunButton,
  TrainingCurves,
  useJobEvents,
} from "@/features/jobs";
import { ProgressPanel } from "@/features/progress";
import { ErrorRatesPanel, SummaryView } from "@/features/results";
import { verifiedSetQuery } from "@/features/verify";
import { describeBackbone } from "@/lib/backbones";
import type { EpochReport, Job } from "@/lib/client/types";
import { formatDuration, formatPlural, secondsBetween } from "@/lib/format";
import { summaryQuery } from "@/lib/job-summary";
import { JOB_TABS, type JobTab } from "@/lib/job-tab";
import { METHOD_NAMES } from "@/lib/methods";
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

interface Search {
  tab: JobTab;
  onTab: (tab: JobTab) => void;
}

function FinishedJob({
  job,
  reports,
  tab,
  onTab,
}: { job: Job; reports: readonly EpochReport[] } & Search) {
  const { data: verifiedSet } = useQuery(verifiedSetQuery(job.dataset_id));
  const settled = Object.fromEntries(
    (verifiedSet?.classes ?? []).map(({ label, total }) => [label, total]),
  );
  const summary = { jobId: job.id, settled };
  return (
    <TabBar label="Results of this job" tabs={JOB_TABS} current={tab} onChange={onTab}>
      {tab === "overview" && (
        <SummaryView {...summary} part="overview">
          <ProgressPanel jobId={job.id} action={<RerunButton job={job} />} />
        </SummaryView>
      )}
      {tab === "classes" && (
        <>
          <SummaryView {...summary} part="classes" />
          <ErrorRatesPanel jobId={job.id} datasetId={job.dataset_id} />
        </>
      )}
      {tab === "accept" && (
        <>
          <AutoAcceptPanel jobId={job.id} />
          <ExportPanel jobId={job.id} />
        </>
      )}
      {tab === "training" && (
        <>
          <Panel title="Settings">
            <JobSettings config={job.config} />
          </Panel>
          <SummaryView {...summary} part="evidence" />
          <Panel title="Training curves">
            <TrainingCurves reports={reports} />
          </Panel>
        </>
      )}
    </TabBar>
  );
}

/** A job: live progress while it runs, results when it has succeeded. */
export function JobPage({ jobId, ...search }: { jobId: string } & Search) {
  const { data: job, error, refetch } = useQuery(jobQuery(jobId));
  const datasetId = job?.dataset_id;
  const { data: dataset } = useQuery({
    ...datasetQuery(datasetId ?? ""),
    enabled: datasetId !== undefined,
  });
  const { data: reports = [] } = useQuery(epochsQuery(jobId));
  const { data: summary } = useQuery({
    ...summaryQuery(jobId),
    enabled: job?.status === "succeeded",
  });
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
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${job.dataset_id}` }}
        meta={
          isDone &&
          job.started_at !== null && (
            <>
              <StatusBadge status={job.status} />
              <span className="text-muted">
                {METHOD_NAMES[job.config.method]}
                {summary?.backbone != null && `, ${describeBackbone(summary.backbone)}`},{" "}
                {formatPlural(reports.length, "epoch")} in{" "}
                {formatDuration(secondsBetween(job.started_at, job.finished_at))}
              </span>
            </>
          )
        }
        actions={isDone && <CompareLink job={job} />}
      />
      {isDone ? (
        <FinishedJob job={job} reports={reports} {...search} />
      ) : (
        <div className="space-y-5">
          <JobProgressPanel job={job} latest={reports.at(-1)} action={<RerunButton job={job} />} />
          <Panel title="Settings">
            <JobSettings config={job.config} />
          </Panel>
          {reports.length > 0 && <TrainingCurves reports={reports} />}
        </div>
      )}
    </Page>
  );
}
