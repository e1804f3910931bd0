import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ProgressBar } from "@/components/ui/progress-bar";
import { formatBytes } from "@/lib/format";

import { useUpload } from "../api/use-upload";
import type { UploadProgress } from "../api/upload";
import { ArchiveField } from "./archive-field";

interface Props {
  /** The dataset to fill; without one, the form creates it. */
  datasetId?: string;
  onUploaded: (datasetId: string) => void;
}

function UploadStatus({ progress, onStop }: { progress: UploadProgress; onStop: () => void }) {
  const isSent = progress.sent >= progress.total;
  return (
    <div className="flex items-center gap-4">
      <div className="grow">
        <ProgressBar
          label="Upload progress"
          share={isSent ? null : progress.sent / progress.total}
        />
        <p className="mt-1 text-sm text-muted">
          {isSent
            ? "Sent, waiting for the service …"
            : `${formatBytes(progress.sent)} of ${formatBytes(progress.total)} sent`}
        </p>
      </div>
      <Button onClick={onStop}>Stop upload</Button>
    </div>
  );
}

/** Default dataset name: the file name without its extension. */
function nameFrom(file: File): string {
  return file.name.replace(/\.(zip|tar|tgz|tar\.gz|parquet|arrow)$/i, "");
}

export function UploadForm({ datasetId, onUploaded }: Props) {
  const [name, setName] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const { start, stop, progress, error } = useUpload(onUploaded);
  const isNew = datasetId === undefined;
  const isStopped = error instanceof DOMException && error.name === "AbortError";

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (file !== null) start({ datasetId: datasetId ?? null, name: name.trim(), file });
  };

  return (
    <form onSubmit={onSubmit} className="space-y-4">
      {isNew && (
        <TextField
          label="Dataset name"
          value={name}
          maxLength={200}
          required
          placeholder="Street signs, spring batch"
          disabled={progress !== null}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      )}
      <ArchiveField
        file={file}
        disabled={progress !== null}
        onFile={(picked) => {
          setFile(picked);
          if (name === "") setName(nameFrom(picked));
        }}
      />
      {error !== null && !isStopped && <ProblemPanel error={error} />}
      {isStopped && <p role="status">Upload stopped. Nothing was stored.</p>}
      {progress === null ? (
        <Button
          type="submit"
          look="primary"
          disabled={file === null || (isNew && name.trim() === "")}
        >
          {isNew ? "Create and upload" : "Upload archive"}
        </Button>
      ) : (
        <UploadStatus progress={progress} onStop={stop} />
      )}
    </form>
  );
}
