import { useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import {
  ActivityFilters,
  ActivityTable,
  CommentsPanel,
  SampleCommentsPanel,
} from "@/features/activity";
import { datasetQuery } from "@/features/datasets";
import type { ActivitySearch } from "@/lib/activity-search";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

interface Props {
  datasetId: string;
  filters: ActivitySearch;
  onFilter: (filters: ActivitySearch) => void;
}

/** Audit trail of a dataset's decisions; each can be undone. */
export function ActivityPage({ datasetId, filters, onFilter }: Props) {
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <Page>
      <PageHeader
        title="Activity"
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${datasetId}` }}
        actions={<DatasetTabs datasetId={datasetId} />}
      />
      <div className="space-y-5">
        <Panel title="Decisions, newest first">
          <ActivityFilters filters={filters} onChange={onFilter} />
          <ActivityTable datasetId={datasetId} filters={filters} />
        </Panel>
        {filters.sample_id === undefined ? (
          <CommentsPanel datasetId={datasetId} />
        ) : (
          <SampleCommentsPanel sampleId={filters.sample_id} />
        )}
      </div>
    </Page>
  );
}
