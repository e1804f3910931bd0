import { useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { VersionExports } from "@/features/exports";
import { ComparisonPanel, NameVersion, VersionList } from "@/features/versions";
import type { VersionSearch } from "@/lib/version-search";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

interface Props {
  datasetId: string;
  search: VersionSearch;
  onSearch: (search: VersionSearch) => void;
}

/** Named versions of a dataset: made, listed, compared, exported again. */
export function VersionsPage({ datasetId, search, onSearch }: Props) {
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <Page>
      <PageHeader
        title="Versions"
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${datasetId}` }}
        actions={<DatasetTabs datasetId={datasetId} />}
      />
      <div className="space-y-5">
        {dataset?.status === "ready" && <NameVersion datasetId={datasetId} />}
        <VersionList
          datasetId={datasetId}
          onCompare={(before) => {
            onSearch({ before });
          }}
          renderExports={(versionId) => <VersionExports versionId={versionId} />}
        />
        <ComparisonPanel datasetId={datasetId} search={search} onSearch={onSearch} />
      </div>
    </Page>
  );
}
