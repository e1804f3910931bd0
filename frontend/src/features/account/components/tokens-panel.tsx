import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { Token } from "@/lib/client/types";
import { formatTime } from "@/lib/format";

import { tokensQuery, useRevokeToken } from "../api/queries";
import { scopeName } from "../api/scopes";
import { CreateTokenForm } from "./create-token-form";

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: (id: string) => void }) {
  return (
    <tr>
      <td className={cx(TD, "max-w-64 font-medium break-words")}>{token.name}</td>
      <td className={TD}>{scopeName(token.scope)}</td>
      <td className={TD}>
        {token.last_used_at === null ? "never" : formatTime(token.last_used_at)}
      </td>
      <td className={TD}>{formatTime(token.expires_at)}</td>
      <td className={TD}>
        <Button
          look="quiet"
          aria-label={`Revoke ${token.name}`}
          onClick={() => {
            onRevoke(token.id);
          }}
        >
          Revoke
        </Button>
      </td>
    </tr>
  );
}

/** The caller's API tokens. */
export function TokensPanel() {
  const { data: tokens, error, refetch } = useQuery(tokensQuery);
  const revoking = useRevokeToken();
  return (
    <Panel title="API tokens">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {revoking.error !== null && <ProblemPanel error={revoking.error} />}
      {tokens === undefined && error === null && <Loading />}
      {tokens?.length === 0 && <p className="text-muted">No tokens.</p>}
      {tokens !== undefined && tokens.length > 0 && (
        <ScrollBox label="List of API tokens">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>For</th>
                <th className={TH}>Scope</th>
                <th className={TH}>Last used</th>
                <th className={TH}>Expires</th>
                <th className={TH}>Revoke</th>
              </tr>
            </thead>
            <tbody>
              {tokens.map((token) => (
                <TokenRow key={token.id} token={token} onRevoke={revoking.mutate} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      <CreateTokenForm />
    </Panel>
  );
}
