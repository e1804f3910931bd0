import { useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { ImageList } from "@/features/images";
import { formatPlural } from "@/lib/format";
import type { ImageSearch } from "@/lib/image-search";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

interface Props {
  datasetId: string;
  filters: ImageSearch;
  onFilter: (filters: ImageSearch) => void;
}

/** All images of a dataset, with search. */
export function ImagesPage({ datasetId, filters, onFilter }: Props) {
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <Page>
      <PageHeader
        title="Images"
        back={{ label: dataset?.name ?? "Dataset", to: `/datasets/${datasetId}` }}
        meta={
          dataset !== undefined && (
            <span className="text-muted">{formatPlural(dataset.num_samples, "image")}</span>
          )
        }
        actions={<DatasetTabs datasetId={datasetId} />}
      />
      {dataset === undefined ? (
        <Loading lines={6} label="Loading the dataset" />
      ) : (
        <ImageList
          datasetId={datasetId}
          classes={dataset.classes}
          filters={filters}
          onFilter={onFilter}
        />
      )}
    </Page>
  );
}
