import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { useInviteUser } from "../api/users";
import { PasswordLink } from "./password-link";

/** Creates a user, and shows the link with which they set a password. */
export function InviteForm() {
  const [name, setName] = useState("");
  const inviting = useInviteUser();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    inviting.mutate(name, {
      onSuccess: () => {
        setName("");
      },
    });
  };
  return (
    <form onSubmit={onSubmit} aria-label="Invite a user" className="mt-4 space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label="Name of the new user"
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <Button type="submit" disabled={name.trim() === "" || inviting.isPending}>
          Invite
        </Button>
      </div>
      <p className="text-xs text-muted">
        The name is the reviewer of decisions, and never changes. A user sees no dataset before a
        manager adds them to its team.
      </p>
      {inviting.error !== null && <ProblemPanel error={inviting.error} />}
      <div role="status">
        {inviting.data !== undefined && <PasswordLink invitation={inviting.data} />}
      </div>
    </form>
  );
}
