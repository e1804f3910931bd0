import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { readRole, ROLE_OPTIONS, useAddMember } from "../api/members";

/** Gives a user, by name, a role on the dataset. */
export function AddMemberForm({ datasetId }: { datasetId: string }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("annotator");
  const adding = useAddMember(datasetId);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    adding.mutate(
      { name, role: readRole(role), may_adjudicate: false },
      {
        onSuccess: () => {
          setName("");
        },
      },
    );
  };
  return (
    <form onSubmit={onSubmit} aria-label="Add a member" className="mt-4 space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label="User"
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <SelectField label="Role" value={role} options={ROLE_OPTIONS} onChange={setRole} />
        <Button type="submit" disabled={name.trim() === "" || adding.isPending}>
          Add
        </Button>
      </div>
      {adding.error !== null && <ProblemPanel error={adding.error} />}
    </form>
  );
}
