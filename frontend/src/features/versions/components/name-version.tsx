import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { useCreateVersion, versionsQuery } from "../api/queries";

/** Names the present state of a dataset. */
export function NameVersion({ datasetId }: { datasetId: string }) {
  const { data } = useQuery(versionsQuery(datasetId));
  const create = useCreateVersion(datasetId);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  return (
    <Panel title="Name the present version">
      <p className="mb-3 text-muted">
        {data !== undefined && <>The dataset is at version {data.present}. </>}A named version keeps
        images, labels, decisions and comments as they are now, and is exported again byte for byte.
      </p>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(
            { name, description },
            {
              onSuccess: () => {
                setName("");
                setDescription("");
              },
            },
          );
        }}
      >
        <TextField
          label="Name"
          className="w-48"
          value={name}
          required
          maxLength={100}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <TextField
          label="Description"
          className="w-80 max-w-full"
          value={description}
          maxLength={5000}
          onChange={(event) => {
            setDescription(event.target.value);
          }}
        />
        <Button type="submit" look="primary" disabled={name.trim() === "" || create.isPending}>
          Name this version
        </Button>
      </form>
      {create.error !== null && (
        <div className="mt-3">
          <ProblemPanel error={create.error} />
        </div>
      )}
    </Panel>
  );
}
