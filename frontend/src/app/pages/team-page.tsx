import { useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { AgreementPanel, ReviewersPanel } from "@/features/team";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

/** Inter-annotator agreement of a dataset, and each reviewer's record. */
export function TeamPage({ datasetId }: { datasetId: string }) {
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <Page>
      <PageHeader
        title="Team"
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${datasetId}` }}
        actions={<DatasetTabs datasetId={datasetId} />}
      />
      <div className="space-y-5">
        <AgreementPanel datasetId={datasetId} />
        <ReviewersPanel datasetId={datasetId} />
      </div>
    </Page>
  );
}
