import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { jobsQuery, jobTitle } from "@/features/jobs";
import { AgreementPanel, ReviewersPanel, SharesPanel } from "@/features/team";
import { formatTime } from "@/lib/format";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

/** The dataset's jobs with results, as options of a select; null while unknown. */
function useRankings(datasetId: string) {
  const { data } = useInfiniteQuery(jobsQuery(datasetId));
  if (data === undefined) return null;
  const jobs = data.pages.flatMap((page) => page.items);
  return jobs
    .filter((job) => job.status === "succeeded")
    .map((job) => ({
      value: job.id,
      label: `the ranking of ${jobTitle(job)}, ${formatTime(job.created_at)}`,
    }));
}

/** Shares of the queue, inter-annotator agreement, and each reviewer's record. */
export function TeamPage({ datasetId }: { datasetId: string }) {
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  const jobs = useRankings(datasetId);
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <Page>
      <PageHeader
        title="Team"
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${datasetId}` }}
        actions={<DatasetTabs datasetId={datasetId} />}
      />
      <div className="space-y-5">
        <SharesPanel datasetId={datasetId} classes={dataset?.classes ?? []} jobs={jobs} />
        <AgreementPanel datasetId={datasetId} />
        <ReviewersPanel datasetId={datasetId} />
      </div>
    </Page>
  );
}
