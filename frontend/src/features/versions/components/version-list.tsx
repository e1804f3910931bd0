import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Version } from "@/lib/client/types";
import { formatBytes, formatPlural, formatTime, reviewerName } from "@/lib/format";
import { isFinished } from "@/lib/work";

import { useDeleteVersion, versionsQuery } from "../api/queries";

function DeleteVersion({ version }: { version: Version }) {
  const [isOpen, setIsOpen] = useState(false);
  const remove = useDeleteVersion(version.dataset_id);
  return (
    <>
      <Button
        look="quiet"
        aria-label={`Delete ${version.name}`}
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Delete
      </Button>
      <Dialog
        title={`Delete the version “${version.name}”?`}
        description="This also deletes its exports and comparisons. The dataset stays as it is."
        open={isOpen}
        onOpenChange={setIsOpen}
      >
        {remove.error !== null && <ProblemPanel error={remove.error} />}
        <div className="mt-4 flex justify-end gap-2">
          <Button
            onClick={() => {
              setIsOpen(false);
            }}
          >
            Cancel
          </Button>
          <Button
            look="danger"
            disabled={remove.isPending}
            onClick={() => {
              remove.mutate(version.id);
            }}
          >
            Delete permanently
          </Button>
        </div>
      </Dialog>
    </>
  );
}

interface RowProps {
  version: Version;
  onCompare: (versionId: string) => void;
  renderExports: (versionId: string) => ReactNode;
}

function Facts({ version }: Pick<RowProps, "version">) {
  const facts = [
    version.dataset_version === null ? "" : `version ${version.dataset_version}`,
    version.num_images === null ? "" : formatPlural(version.num_images, "image"),
    version.num_classes === null ? "" : formatPlural(version.num_classes, "class", "classes"),
    version.size_bytes === null ? "" : formatBytes(version.size_bytes),
    version.job_id === null ? "without results of a job" : "",
    `named by ${reviewerName(version.reviewer)}, ${formatTime(version.created_at)}`,
  ];
  return <p className="text-sm text-muted">{facts.filter((fact) => fact !== "").join(" · ")}</p>;
}

function VersionRow({ version, onCompare, renderExports }: RowProps) {
  const [isExporting, setIsExporting] = useState(false);
  const isStored = version.status === "succeeded";
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="font-medium break-words">{version.name}</h3>
          {version.description !== "" && (
            <p className="break-words whitespace-pre-line">{version.description}</p>
          )}
          <Facts version={version} />
        </div>
        <div className="flex gap-2">
          {isStored && (
            <>
              <Button
                aria-label={`Compare ${version.name}`}
                onClick={() => {
                  onCompare(version.id);
                }}
              >
                Compare
              </Button>
              <Button
                aria-label={`Export ${version.name}`}
                aria-expanded={isExporting}
                onClick={() => {
                  setIsExporting(!isExporting);
                }}
              >
                Export
              </Button>
            </>
          )}
          {isFinished(version.status) && <DeleteVersion version={version} />}
        </div>
      </div>
      {!isFinished(version.status) && (
        <WorkProgress work={version} label={`Storing ${version.name}`} unit="images" />
      )}
      {version.error !== null && (
        <p className="text-bad">
          {version.error.title}. {version.error.detail}
        </p>
      )}
      {isExporting && <div className="mt-3">{renderExports(version.id)}</div>}
    </li>
  );
}

type Props = Omit<RowProps, "version"> & { datasetId: string };

/** The named versions of a dataset, newest first. */
export function VersionList({ datasetId, ...actions }: Props) {
  const { data, error, refetch } = useQuery(versionsQuery(datasetId));
  return (
    <Panel title="Versions">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data?.items.length === 0 && <p className="text-muted">No version has a name yet.</p>}
      {data !== undefined && data.items.length > 0 && (
        <ul className="divide-y divide-line" aria-label="Versions">
          {data.items.map((version) => (
            <VersionRow key={version.id} version={version} {...actions} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
