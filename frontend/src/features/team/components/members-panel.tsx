import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { SelectInput } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { Member } from "@/lib/client/types";

import {
  membersQuery,
  readRole,
  ROLE_OPTIONS,
  roleName,
  useChangeMember,
  useRemoveMember,
} from "../api/members";
import { AddMemberForm } from "./add-member-form";

interface RowProps {
  member: Member;
  canManage: boolean;
  onChange: (member: Member) => void;
  onRemove: (member: Member) => void;
}

function MemberRow({ member, canManage, onChange, onRemove }: RowProps) {
  const { name, display_name, disabled, role, may_adjudicate } = member;
  return (
    <tr>
      <td className={cx(TD, "max-w-64 break-words")}>
        <span className="font-medium">{name}</span>
        {display_name !== "" && <span className="text-muted"> {display_name}</span>}
        {disabled && <span className="text-muted"> (disabled)</span>}
      </td>
      <td className={TD}>
        {canManage ? (
          <SelectInput
            aria-label={`Role of ${name}`}
            value={role}
            options={ROLE_OPTIONS}
            onChange={(value) => {
              onChange({ ...member, role: readRole(value) });
            }}
          />
        ) : (
          roleName(role)
        )}
      </td>
      <td className={TD}>
        <input
          type="checkbox"
          aria-label={`${name} may adjudicate`}
          checked={may_adjudicate}
          disabled={!canManage}
          onChange={(event) => {
            onChange({ ...member, may_adjudicate: event.target.checked });
          }}
        />
      </td>
      {canManage && (
        <td className={TD}>
          <Button
            look="quiet"
            aria-label={`Remove ${name}`}
            onClick={() => {
              onRemove(member);
            }}
          >
            Remove
          </Button>
        </td>
      )}
    </tr>
  );
}

/** Who may do what with the dataset. Managers change it. */
export function MembersPanel({ datasetId, canManage }: { datasetId: string; canManage: boolean }) {
  const { data: members, error, refetch } = useQuery(membersQuery(datasetId));
  const changing = useChangeMember(datasetId);
  const removing = useRemoveMember(datasetId);
  const failed = changing.error ?? removing.error;
  return (
    <Panel title="Members">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {failed !== null && <ProblemPanel error={failed} />}
      {members === undefined && error === null && <Loading />}
      {members?.length === 0 && (
        <p className="text-muted">No members: only administrators see it.</p>
      )}
      {members !== undefined && members.length > 0 && (
        <ScrollBox label="Members">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>User</th>
                <th className={TH}>Role</th>
                <th className={TH}>Adjudicates</th>
                {canManage && <th className={TH}>Membership</th>}
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <MemberRow
                  key={member.user_id}
                  member={member}
                  canManage={canManage}
                  onChange={changing.mutate}
                  onRemove={removing.mutate}
                />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {canManage && <AddMemberForm datasetId={datasetId} />}
    </Panel>
  );
}
