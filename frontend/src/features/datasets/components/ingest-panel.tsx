import { useQuery } from "@tanstack/react-query";

import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { StatusBadge, WorkProgress } from "@/components/ui/work-progress";
import type { Dataset } from "@/lib/client/types";
import { formatBytes } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";

import { ingestQuery } from "../api/queries";
import { UploadForm } from "./upload-form";

interface Props {
  dataset: Dataset;
  onUploaded: () => void;
}

/** Ingest of an archive: upload form, progress, or the reason for a failure. */
export function IngestPanel({ dataset, onUploaded }: Props) {
  if (dataset.status === "empty") {
    return (
      <Panel title="Upload an archive">
        <UploadForm datasetId={dataset.id} onUploaded={onUploaded} />
      </Panel>
    );
  }
  return <IngestState dataset={dataset} onUploaded={onUploaded} />;
}

function IngestState({ dataset, onUploaded }: Props) {
  const { data: ingest, error, refetch } = useQuery(ingestQuery(dataset.id));
  const archive = ingest?.file_name ?? "archive";

  return (
    <Panel
      title={dataset.status === "failed" ? "Ingest failed" : "Ingesting the archive"}
      aside={ingest && <StatusBadge status={ingest.status} />}
    >
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {ingest === undefined && error === null && <Loading />}
      {ingest !== undefined && (
        <p className="mb-3 text-muted">
          {archive} · {formatBytes(ingest.size_bytes)}
        </p>
      )}
      {ingest?.error != null && (
        <ProblemPanel error={new ApiProblem({ status: 0, errors: [], ...ingest.error })} />
      )}
      {dataset.status === "failed" ? (
        <div className="mt-4">
          <UploadForm datasetId={dataset.id} onUploaded={onUploaded} />
        </div>
      ) : (
        ingest && <WorkProgress work={ingest} label="Ingest progress" unit="files" />
      )}
    </Panel>
  );
}
