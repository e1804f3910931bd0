import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { jobsQuery, jobTitle } from "@/features/jobs";
import { AgreementPanel, MembersPanel, ReviewersPanel, SharesPanel } from "@/features/team";
import { WebhooksPanel } from "@/features/webhooks";
import { formatTime } from "@/lib/format";

import { Page } from "../page";
import { accountQuery, sessionQuery } from "../session";
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

/** Whether there are accounts, and whether this one manages the dataset; null while unknown. */
function useRole(datasetId: string) {
  const { data: session } = useQuery(sessionQuery);
  const isAccount = typeof session?.name === "string";
  const { data: account } = useQuery({ ...accountQuery, enabled: isAccount });
  if (session === undefined) return null;
  const own = account?.memberships.find((membership) => membership.dataset_id === datasetId);
  const canManage = !isAccount || account?.is_admin === true || own?.role === "manager";
  return { hasAccounts: session.accounts, canManage };
}

/** Members of a dataset, shares of its queue, its reviewers' agreement and records, and its webhooks. */
export function TeamPage({ datasetId }: { datasetId: string }) {
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  const jobs = useRankings(datasetId);
  const role = useRole(datasetId);
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <Page>
      <PageHeader
        title="Team"
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${datasetId}` }}
        actions={<DatasetTabs datasetId={datasetId} />}
      />
      <div className="space-y-5">
        {role?.hasAccounts === true && (
          <MembersPanel datasetId={datasetId} canManage={role.canManage} />
        )}
        {dataset?.status === "ready" && (
          <SharesPanel datasetId={datasetId} classes={dataset.classes} jobs={jobs} />
        )}
        <AgreementPanel datasetId={datasetId} />
        <ReviewersPanel datasetId={datasetId} />
        {role?.canManage === true && <WebhooksPanel datasetId={datasetId} />}
      </div>
    </Page>
  );
}
