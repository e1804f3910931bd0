import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { User } from "@/lib/client/types";

import { useChangeUser, useCreatePasswordLink, usersQuery } from "../api/users";
import { InviteForm } from "./invite-form";
import { PasswordLink } from "./password-link";

function stateOf(user: User): string {
  if (user.disabled_at !== null) return "disabled";
  return user.can_sign_in ? "active" : "invited";
}

interface RowProps {
  user: User;
  onChange: ReturnType<typeof useChangeUser>["mutate"];
  onLink: (id: string) => void;
}

function UserRow({ user, onChange, onLink }: RowProps) {
  const isDisabled = user.disabled_at !== null;
  return (
    <tr>
      <td className={cx(TD, "max-w-64 font-medium break-words")}>{user.name}</td>
      <td className={TD}>{stateOf(user)}</td>
      <td className={TD}>
        <input
          type="checkbox"
          className="size-4 accent-accent"
          aria-label={`${user.name} is an administrator`}
          checked={user.is_admin}
          onChange={({ target }) => {
            onChange({ id: user.id, change: { is_admin: target.checked } });
          }}
        />
      </td>
      <td className={cx(TD, "whitespace-nowrap")}>
        <Button
          look="quiet"
          aria-label={`Password link for ${user.name}`}
          disabled={isDisabled}
          onClick={() => {
            onLink(user.id);
          }}
        >
          Password link
        </Button>
        <Button
          look="quiet"
          aria-label={`${isDisabled ? "Enable" : "Disable"} ${user.name}`}
          onClick={() => {
            onChange({ id: user.id, change: { disabled: !isDisabled } });
          }}
        >
          {isDisabled ? "Enable" : "Disable"}
        </Button>
      </td>
    </tr>
  );
}

/** All users of the service; only administrators may open it. */
export function UsersPanel() {
  const { data: users, error, refetch } = useQuery(usersQuery);
  const changing = useChangeUser();
  const linking = useCreatePasswordLink();
  return (
    <Panel title="Users">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {changing.error !== null && <ProblemPanel error={changing.error} />}
      {linking.error !== null && <ProblemPanel error={linking.error} />}
      {users === undefined && error === null && <Loading />}
      {users !== undefined && (
        <ScrollBox label="List of users">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Name</th>
                <th className={TH}>State</th>
                <th className={TH}>Administrator</th>
                <th className={TH}>Change</th>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <UserRow
                  key={user.id}
                  user={user}
                  onChange={changing.mutate}
                  onLink={linking.mutate}
                />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      <div role="status" className="mt-3">
        {linking.data !== undefined && <PasswordLink invitation={linking.data} />}
      </div>
      <InviteForm />
    </Panel>
  );
}
