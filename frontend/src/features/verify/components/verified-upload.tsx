import { useId } from "react";

import { buttonClass } from "@/components/ui/button";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { formatPlural } from "@/lib/format";

import { useUploadVerifications } from "../api/queries";

/** Uploads verified labels from a file; errors are listed by line. */
export function VerifiedUpload({ datasetId }: { datasetId: string }) {
  const id = useId();
  const upload = useUploadVerifications(datasetId);

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <label
          htmlFor={id}
          className={buttonClass(
            "plain",
            "cursor-pointer focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent",
          )}
        >
          {upload.isPending ? "Uploading …" : "Upload verified labels"}
          <input
            id={id}
            type="file"
            accept=".csv,.tsv,.txt,.jsonl,.ndjson,.parquet"
            className="sr-only"
            disabled={upload.isPending}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) upload.mutate(file);
              // Reset, so that the same file can be chosen again after a correction.
              event.target.value = "";
            }}
          />
        </label>
        <span className="text-sm text-muted">
          A table with <code className="font-mono">file_name</code> (or{" "}
          <code className="font-mono">id</code>) and <code className="font-mono">label</code>
        </span>
      </div>
      {upload.error !== null && <ProblemPanel error={upload.error} />}
      <p role="status" className="text-good empty:hidden">
        {upload.isSuccess &&
          `${formatPlural(upload.data.accepted, "verified label")} added, ${upload.data.unchanged} unchanged.`}
      </p>
      {upload.isSuccess && upload.data.notes.length > 0 && (
        <ul aria-label="How the table was read" className="list-disc pl-5 text-sm text-muted">
          {upload.data.notes.map((note) => (
            <li key={note} className="break-words">
              {note}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
