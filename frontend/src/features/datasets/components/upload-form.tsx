import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ApiProblem } from "@/lib/problem";
import type { Chosen } from "@/lib/uploads/chosen-files";

import { useUpload } from "../api/use-upload";
import { ArchiveField } from "./archive-field";

interface Props {
  /** The dataset to fill; without one, the form creates it. */
  datasetId?: string;
  onUploaded: (datasetId: string) => void;
}

/** Default dataset name: the file name without its extension. */
function nameFrom(file: File): string {
  return file.name.replace(/\.(zip|tar|tgz|tar\.gz|parquet|arrow)$/i, "");
}

export function UploadForm({ datasetId, onUploaded }: Props) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const isNew = datasetId === undefined;
  const { isBusy, isStopped, problem, start } = useUpload(
    {
      kind: "dataset",
      datasetId: datasetId ?? null,
      datasetName: isNew ? name.trim() : null,
    },
    onUploaded,
  );

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (chosen !== null) start(chosen);
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
          disabled={isBusy}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      )}
      <ArchiveField
        file={chosen?.file ?? null}
        disabled={isBusy}
        onChosen={(picked) => {
          setChosen(picked);
          if (name === "") setName(nameFrom(picked.file));
        }}
      />
      {problem !== null && <ProblemPanel error={new ApiProblem(problem)} />}
      {isStopped && <p role="status">Upload stopped. Nothing was stored.</p>}
      {isBusy ? (
        <p role="status">
          Uploading: see the bottom of the page. It goes on while you visit other pages.
        </p>
      ) : (
        <Button
          type="submit"
          look="primary"
          disabled={chosen === null || (isNew && name.trim() === "")}
        >
          {isNew ? "Create and upload" : "Upload archive"}
        </Button>
      )}
    </form>
  );
}
