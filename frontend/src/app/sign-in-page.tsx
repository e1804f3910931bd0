import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { useSignIn } from "./session";

/** Asks for the API token that the service was started with. */
export function SignInPage() {
  const [token, setToken] = useState("");
  const signIn = useSignIn();

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate(token.trim());
  };

  return (
    <div className="mx-auto w-full max-w-md px-6 pt-[12vh]">
      <h1 className="sr-only">Sign in</h1>
      <Panel title="Sign in">
        <form onSubmit={onSubmit} className="space-y-4">
          <TextField
            label="API token"
            type="password"
            autoComplete="current-password"
            required
            value={token}
            hint="The token that the service was started with (MSLG_API_TOKEN)."
            onChange={(event) => {
              setToken(event.target.value);
            }}
          />
          {signIn.error !== null && <ProblemPanel error={signIn.error} />}
          <Button type="submit" look="primary" disabled={token.trim() === "" || signIn.isPending}>
            Sign in
          </Button>
        </form>
      </Panel>
    </div>
  );
}
