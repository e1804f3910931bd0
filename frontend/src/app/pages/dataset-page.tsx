import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useState } from "react";

import { DatasetTabs } from "@/components/ui/dataset-tabs";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ChangesPanel, ClassesPanel, ProposalsPanel, RemovedImagesPanel } from "@/features/classes";
import {
  AddImages,
  datasetQuery,
  DatasetStatus,
  DeleteDataset,
  GroupColumn,
  IngestNotes,
  IngestPanel,
  RejectionsPanel,
  VerifiedImages,
} from "@/features/datasets";
import { JobsPanel, LaunchPanel } from "@/features/jobs";
import { SourcePanel } from "@/features/sources";
import { QueuesPanel, SettingsPanel } from "@/features/team";
import { VerifiedSetPanel, verifiedSetQuery } from "@/features/verify";
import type { Dataset } from "@/lib/client/types";
import { formatPlural } from "@/lib/format";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

function ReadyDataset({ dataset }: { dataset: Dataset }) {
  const { data: verifiedSet, error, refetch } = useQuery(verifiedSetQuery(dataset.id));
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="space-y-5">
        {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
        {verifiedSet === undefined && error === null && <Loading lines={6} />}
        {verifiedSet !== undefined && (
          <VerifiedSetPanel datasetId={dataset.id} verifiedSet={verifiedSet} />
        )}
        <SourcePanel datasetId={dataset.id} />
        <AddImages dataset={dataset} />
        <VerifiedImages dataset={dataset} />
        <ProposalsPanel datasetId={dataset.id} />
        <ClassesPanel datasetId={dataset.id} />
        {dataset.num_removed > 0 && (
          <RemovedImagesPanel datasetId={dataset.id} count={dataset.num_removed} />
        )}
        <ChangesPanel datasetId={dataset.id} />
        <SettingsPanel dataset={dataset} />
        <GroupColumn dataset={dataset} />
        <IngestNotes datasetId={dataset.id} />
        {dataset.num_rejections > 0 && (
          <RejectionsPanel datasetId={dataset.id} count={dataset.num_rejections} />
        )}
      </div>
      <div className="space-y-5">
        <QueuesPanel datasetId={dataset.id} />
        {verifiedSet !== undefined && (
          <LaunchPanel datasetId={dataset.id} verifiedSet={verifiedSet} />
        )}
        <JobsPanel datasetId={dataset.id} />
      </div>
    </div>
  );
}

/** One dataset: ingest, verified set, settings and jobs. */
export function DatasetPage({ datasetId }: { datasetId: string }) {
  const queryClient = useQueryClient();
  const { data: dataset, error, refetch } = useQuery(datasetQuery(datasetId));
  const [verifiesNext, setVerifiesNext] = useState(false);

  if (dataset === undefined) {
    if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
    return (
      <Page>
        <Loading label="Loading the dataset" />
      </Page>
    );
  }
  if (verifiesNext && dataset.status === "ready") {
    return <Navigate to="/datasets/$datasetId/verify" params={{ datasetId }} replace />;
  }
  return (
    <Page>
      <PageHeader
        title={dataset.name}
        back={{ label: "Datasets", to: "/" }}
        meta={
          <>
            <DatasetStatus status={dataset.status} />
            {dataset.status === "ready" && (
              <span className="text-muted">
                {formatPlural(dataset.num_samples, "image")} ·{" "}
                {formatPlural(dataset.classes.length, "class", "classes")}
              </span>
            )}
          </>
        }
        actions={
          <>
            {dataset.status === "ready" && <DatasetTabs datasetId={dataset.id} />}
            {dataset.status !== "ingesting" && <DeleteDataset dataset={dataset} />}
          </>
        }
      />
      {dataset.status === "ready" ? (
        <ReadyDataset dataset={dataset} />
      ) : (
        <div className="space-y-5">
          <IngestPanel
            dataset={dataset}
            onUploaded={() => void queryClient.invalidateQueries({ queryKey: ["datasets"] })}
            onStore={setVerifiesNext}
          />
          {dataset.num_rejections > 0 && (
            <RejectionsPanel datasetId={datasetId} count={dataset.num_rejections} />
          )}
        </div>
      )}
    </Page>
  );
}
