import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { useChangePassword } from "../api/users";

/** Changes the caller's own password. */
export function PasswordPanel() {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const changing = useChangePassword();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    changing.mutate(
      { current_password: current, password },
      {
        onSuccess: () => {
          setCurrent("");
          setPassword("");
        },
      },
    );
  };
  return (
    <Panel title="Password">
      <form onSubmit={onSubmit} aria-label="Change the password" className="space-y-3">
        <div className="flex flex-wrap items-end gap-3">
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => {
              setCurrent(event.target.value);
            }}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            required
            minLength={10}
            value={password}
            onChange={(event) => {
              setPassword(event.target.value);
            }}
          />
          <Button type="submit" disabled={changing.isPending}>
            Change
          </Button>
        </div>
        <p className="text-xs text-muted">
          At least 10 characters. All other sessions and all API tokens end.
        </p>
        {changing.error !== null && <ProblemPanel error={changing.error} />}
        <div role="status">{changing.isSuccess && <p>The password is changed.</p>}</div>
      </form>
    </Panel>
  );
}
