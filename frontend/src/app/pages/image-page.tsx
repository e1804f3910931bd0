import { useQuery } from "@tanstack/react-query";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { ImageView, sampleQuery } from "@/features/images";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

/** One image, at an address of its own. */
export function ImagePage({ sampleId }: { sampleId: string }) {
  const { data: sample, error, refetch } = useQuery(sampleQuery(sampleId));
  const datasetId = sample?.dataset_id;
  const { data: dataset } = useQuery({
    ...datasetQuery(datasetId ?? ""),
    enabled: datasetId !== undefined,
  });
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (sample === undefined) {
    return (
      <Page>
        <Loading lines={6} label="Loading the image" />
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title={sample.file_name}
        back={{
          label: `${dataset?.name ?? "Dataset"}, all images`,
          to: `/datasets/${sample.dataset_id}/images`,
        }}
        actions={<DatasetTabs datasetId={sample.dataset_id} />}
      />
      <ImageView sample={sample} classes={dataset?.classes ?? []} />
    </Page>
  );
}
