import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { api, unwrap } from "@/lib/client/client";

import { ProviderButton } from "../provider-button";
import { sessionQuery } from "../session";

const MIN_PASSWORD = 10;

interface NewPassword {
  secret: string;
  password: string;
  name: string | null;
}

function useLink(secret: string) {
  return useQuery({
    queryKey: ["password-link", secret],
    queryFn: ({ signal }) =>
      unwrap(api.POST("/api/v1/password-links/preview", { body: { secret }, signal })),
    enabled: secret !== "",
    retry: false,
    staleTime: Infinity,
  });
}

function useSetPassword() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: NewPassword) => unwrap(api.POST("/api/v1/password-links/redeem", { body })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await navigate({ to: "/" });
    },
  });
}

function PasswordForm({ secret, name }: { secret: string; name: string | null }) {
  const [chosenName, setChosenName] = useState("");
  const [password, setPassword] = useState("");
  const setting = useSetPassword();
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    setting.mutate({ secret, password, name: name === null ? chosenName : null });
  };
  return (
    <form onSubmit={onSubmit} className="space-y-4">
      <TextField
        label="Name"
        autoComplete="username"
        required
        readOnly={name !== null}
        maxLength={100}
        value={name ?? chosenName}
        hint={name === null ? "Your decisions carry it. It cannot be changed." : undefined}
        onChange={(event) => {
          setChosenName(event.target.value);
        }}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        minLength={MIN_PASSWORD}
        maxLength={200}
        value={password}
        hint={`At least ${MIN_PASSWORD} characters.`}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      {setting.error !== null && <ProblemPanel error={setting.error} />}
      <Button type="submit" look="primary" disabled={setting.isPending}>
        Set password
      </Button>
    </form>
  );
}

/** Where invitations and resets lead. The secret is in the fragment of the address. */
export function SetPasswordPage() {
  const [secret] = useState(() => window.location.hash.slice(1));
  const { data: link, error } = useLink(secret);
  const { data: session } = useQuery(sessionQuery);
  const isFirst = link?.kind === "first_administrator";
  return (
    <div className="mx-auto w-full max-w-md px-6 pt-[12vh]">
      <h1 className="sr-only">Set a password</h1>
      {error !== null && <ProblemPanel error={error} />}
      {secret === "" && (
        <p>This link is incomplete: open the whole address, with what follows the #.</p>
      )}
      {secret !== "" && error === null && link === undefined && <Loading />}
      {link !== undefined && (
        <Panel title={isFirst ? "Set up the first administrator" : "Set a password"}>
          <PasswordForm secret={secret} name={link.name} />
          {session?.oidc === true && !isFirst && <ProviderButton link={secret} />}
        </Panel>
      )}
    </div>
  );
}
