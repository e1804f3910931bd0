import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { type SourceFields, useNewSource } from "../api/use-new-source";

interface Props {
  title: string;
  /** Null: not chosen yet. */
  fields: SourceFields | null;
  children: ReactNode;
}

/** A form for a dataset of images that stay where they are. */
export function SourceForm({ title, fields, children }: Props) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const creation = useNewSource((datasetId) => {
    void navigate({ to: "/datasets/$datasetId", params: { datasetId } });
  });

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (fields !== null) creation.mutate({ name: name.trim(), fields });
  };

  return (
    <Panel title={title}>
      <form onSubmit={onSubmit} className="max-w-2xl space-y-4">
        <p className="text-muted">
          The images stay where they are. The service keeps their names, labels, thumbnails and
          features, and compares every image that it reads again.
        </p>
        <TextField
          label="Dataset name"
          value={name}
          maxLength={200}
          required
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        {children}
        {creation.error !== null && <ProblemPanel error={creation.error} />}
        <Button
          type="submit"
          look="primary"
          disabled={creation.isPending || fields === null || name.trim() === ""}
        >
          Create and check
        </Button>
      </form>
    </Panel>
  );
}
