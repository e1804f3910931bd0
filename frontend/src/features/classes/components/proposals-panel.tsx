import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, TABLE, TD, TH } from "@/components/ui/table";
import { thumbnailUrl } from "@/lib/annotate/images";
import { classesQuery, isActive } from "@/lib/classes";
import type { ClassProposal } from "@/lib/client/types";
import { formatTime, reviewerName } from "@/lib/format";
import { outcomeText, proposalsQuery, useDecideProposal } from "@/lib/proposals";

import { DecideDialog } from "./decide-dialog";

interface RowProps {
  proposal: ClassProposal;
  onDecide: () => void;
}

function ProposalRow({ proposal, onDecide }: RowProps) {
  const { sample_id, file_name, name, description, reviewer, created_at, status } = proposal;
  return (
    <tr>
      <td className={TD}>
        <Link to="/images/$sampleId" params={{ sampleId: sample_id }} className={LINK}>
          <img
            src={thumbnailUrl(sample_id, 96)}
            alt={file_name}
            className="size-12 object-contain"
          />
        </Link>
      </td>
      <td className={TD}>
        <p className="font-medium break-words">{name}</p>
        {description !== "" && <p className="break-words text-muted">{description}</p>}
      </td>
      <td className={`${TD} text-muted`}>
        {reviewerName(reviewer)}, {formatTime(created_at)}
      </td>
      <td className={`${TD} text-right`}>
        {status === "pending" ? (
          <Button aria-label={`Decide on ${name}`} onClick={onDecide}>
            Decide
          </Button>
        ) : (
          <span className="break-words text-muted">{outcomeText(proposal)}</span>
        )}
      </td>
    </tr>
  );
}

/** Classes that reviewers proposed, the waiting ones first, with a manager's decision on them. */
export function ProposalsPanel({ datasetId }: { datasetId: string }) {
  const { data: proposals, error, refetch } = useQuery(proposalsQuery(datasetId));
  const { data: classes = [] } = useQuery(classesQuery(datasetId));
  const decide = useDecideProposal(datasetId);
  const [open, setOpen] = useState<ClassProposal | null>(null);
  const close = () => {
    setOpen(null);
    decide.reset();
  };
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (proposals === undefined || proposals.length === 0) return null;
  const isWaiting = ({ status }: ClassProposal) => status === "pending";
  const rows = [...proposals.filter(isWaiting), ...proposals.filter((one) => !isWaiting(one))];
  return (
    <Panel title="Proposed classes">
      <ScrollBox label="Proposed classes" className="max-h-96">
        <table className={TABLE}>
          <thead>
            <tr>
              <th className={TH}>Image</th>
              <th className={TH}>Class</th>
              <th className={TH}>Who and when</th>
              <th className={TH}>
                <span className="sr-only">Decision</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <ProposalRow
                key={one.id}
                proposal={one}
                onDecide={() => {
                  setOpen(one);
                }}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {open !== null && (
        <DecideDialog
          proposal={open}
          classes={classes.filter(isActive)}
          error={decide.error}
          isBusy={decide.isPending}
          onClose={close}
          onDecide={(decision) => {
            decide.mutate({ ...decision, id: open.id }, { onSuccess: close });
          }}
        />
      )}
    </Panel>
  );
}
