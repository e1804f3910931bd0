import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { sessionQuery, useSignIn } from "./session";
import { ProviderButton } from "./provider-button";

function TokenForm() {
  const [token, setToken] = useState("");
  const signIn = useSignIn();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate({ token: token.trim() });
  };
  return (
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
  );
}

function PasswordForm() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate({ name, password });
  };
  return (
    <form onSubmit={onSubmit} className="space-y-4">
      <TextField
        label="Name"
        autoComplete="username"
        required
        value={name}
        onChange={(event) => {
          setName(event.target.value);
        }}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        hint="Forgotten? Ask an administrator for a new link."
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      {signIn.error !== null && <ProblemPanel error={signIn.error} />}
      <Button
        type="submit"
        look="primary"
        disabled={name.trim() === "" || password === "" || signIn.isPending}
      >
        Sign in
      </Button>
    </form>
  );
}

/** Asks for name and password, or for the API token if the service has no accounts. */
export function SignInPage() {
  const { data: session } = useQuery(sessionQuery);
  return (
    <div className="mx-auto w-full max-w-md px-6 pt-[12vh]">
      <h1 className="sr-only">Sign in</h1>
      <Panel title="Sign in">
        {session?.accounts === true ? <PasswordForm /> : <TokenForm />}
        {session?.oidc === true && <ProviderButton link={null} />}
      </Panel>
    </div>
  );
}
