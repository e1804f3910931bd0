import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { useCreateToken } from "../api/queries";
import { readScope, SCOPE_OPTIONS } from "../api/scopes";

const DAYS = 90;

/** Creates an API token and shows it once. */
export function CreateTokenForm() {
  const [name, setName] = useState("");
  const [scope, setScope] = useState("read");
  const creating = useCreateToken();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    creating.mutate(
      { name, scope: readScope(scope), days: DAYS },
      {
        onSuccess: () => {
          setName("");
        },
      },
    );
  };
  return (
    <form onSubmit={onSubmit} aria-label="Create a token" className="mt-4 space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label="What it is for"
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <SelectField label="Scope" value={scope} options={SCOPE_OPTIONS} onChange={setScope} />
        <Button type="submit" disabled={name.trim() === "" || creating.isPending}>
          Create
        </Button>
      </div>
      <p className="text-xs text-muted">It expires after {DAYS} days.</p>
      {creating.error !== null && <ProblemPanel error={creating.error} />}
      <div role="status">
        {creating.data !== undefined && (
          <p className="rounded-md bg-accent-soft px-3 py-2 text-sm">
            Copy it now, it is not shown again:{" "}
            <code className="font-mono break-all select-all">{creating.data.token}</code>
          </p>
        )}
      </div>
    </form>
  );
}
