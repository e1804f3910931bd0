import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { StatusBadge, WorkProgress } from "@/components/ui/work-progress";
import type { Dataset, Ingest } from "@/lib/client/types";
import { formatBytes } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";

import { checkQuery, ingestQuery } from "../api/queries";
import { useCheckedArchive } from "../api/use-checked-archive";
import { CheckPanel } from "./check-panel";
import { UploadForm } from "./upload-form";

interface Props {
  dataset: Dataset;
  onUploaded: () => void;
  /** Called when checked images are to be stored; tells whether the person wants to verify them next. */
  onStore: (verifiesNext: boolean) => void;
}

/** Ingest of an archive: upload form, check, progress, or the reason for a failure. */
export function IngestPanel(props: Props) {
  const { dataset, onUploaded } = props;
  if (dataset.status === "empty") return <EmptyState {...props} />;
  return <IngestState dataset={dataset} onUploaded={onUploaded} />;
}

/** An empty dataset: the check of an uploaded archive that waits, or the upload form. */
function EmptyState({ dataset, onUploaded, onStore }: Props) {
  const { data: ingest, isPending } = useQuery(checkQuery(dataset.id));
  if (ingest?.dry_run === true && ingest.status === "succeeded" && ingest.preview !== null) {
    return (
      <CheckPanel
        key={ingest.id}
        ingest={ingest}
        preview={ingest.preview}
        onUploaded={onUploaded}
        onStore={onStore}
      />
    );
  }
  return (
    <Panel title="Upload an archive">
      {isPending ? <Loading /> : <UploadForm datasetId={dataset.id} onUploaded={onUploaded} />}
    </Panel>
  );
}

/** Goes back to the check after choices that did not work. */
function BackToCheck({ ingest }: { ingest: Ingest }) {
  const { mutate, isPending } = useCheckedArchive(ingest.dataset_id);
  if (!ingest.dry_run || ingest.choices === null) return null;
  return (
    <Button
      className="mt-3"
      disabled={isPending}
      onClick={() => {
        mutate({ choices: {}, dryRun: true });
      }}
    >
      Back to the check
    </Button>
  );
}

function titleOf(dataset: Dataset, ingest: Ingest | undefined): string {
  const isCheck = ingest?.dry_run === true;
  if (dataset.status === "failed") return isCheck ? "The archive cannot be used" : "Ingest failed";
  return isCheck ? "Checking the archive" : "Ingesting the archive";
}

function IngestState({ dataset, onUploaded }: Omit<Props, "onStore">) {
  const { data: ingest, error, refetch } = useQuery(ingestQuery(dataset.id));
  const archive = ingest?.file_name ?? "archive";

  return (
    <Panel
      title={titleOf(dataset, ingest)}
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
        <>
          <ProblemPanel
            error={
              new ApiProblem({ status: 0, ...ingest.error, errors: ingest.error.errors ?? [] })
            }
          />
          <BackToCheck ingest={ingest} />
        </>
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
