import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { UserSession } from "@/lib/client/types";
import { formatTime } from "@/lib/format";

import { sessionsQuery, useEndSession } from "../api/queries";

function SessionRow({ row, onEnd }: { row: UserSession; onEnd: (id: string) => void }) {
  return (
    <tr>
      <td className={cx(TD, "max-w-96 break-words")}>{row.user_agent}</td>
      <td className={TD}>{formatTime(row.created_at)}</td>
      <td className={TD}>{formatTime(row.last_used_at)}</td>
      <td className={TD}>
        {row.current ? (
          "this browser"
        ) : (
          <Button
            look="quiet"
            aria-label={`End the session of ${formatTime(row.created_at)}`}
            onClick={() => {
              onEnd(row.id);
            }}
          >
            End
          </Button>
        )}
      </td>
    </tr>
  );
}

/** The browsers that are signed in with the caller's account. */
export function SessionsPanel() {
  const { data: sessions, error, refetch } = useQuery(sessionsQuery);
  const ending = useEndSession();
  return (
    <Panel title="Sessions">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {ending.error !== null && <ProblemPanel error={ending.error} />}
      {sessions === undefined && error === null && <Loading />}
      {sessions !== undefined && (
        <ScrollBox label="List of sessions">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Browser</th>
                <th className={TH}>Signed in</th>
                <th className={TH}>Last used</th>
                <th className={TH}>End</th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((row) => (
                <SessionRow key={row.id} row={row} onEnd={ending.mutate} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  );
}
