import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { ClassProposal } from "@/lib/client/types";
import { reviewerName } from "@/lib/format";
import { outcomeText, proposalsQuery, useWithdrawProposal } from "@/lib/proposals";
import { useSettledReviewer } from "@/lib/reviewer";

const SHOWN_OWN = 5;
const NONE: readonly ClassProposal[] = [];

interface RowProps {
  proposal: ClassProposal;
  /** Who proposed it; undefined: the reader. */
  by?: string;
  onWithdraw?: () => void;
}

function Row({ proposal, by, onWithdraw }: RowProps) {
  return (
    <li>
      <p className="break-words">
        <span className="font-medium">{proposal.name}</span>
        {by !== undefined && <span className="text-muted"> · {by}</span>}
      </p>
      <p className="break-words text-muted">{outcomeText(proposal)}</p>
      {onWithdraw !== undefined && proposal.status === "pending" && (
        <Button aria-label={`Withdraw ${proposal.name}`} className="mt-1" onClick={onWithdraw}>
          Withdraw
        </Button>
      )}
    </li>
  );
}

interface Props {
  datasetId: string;
  sampleId: string | undefined;
}

/** Classes that were proposed for an image, and what became of the reviewer's own proposals. */
export function Proposals({ datasetId, sampleId }: Props) {
  const reviewer = useSettledReviewer();
  const { data: ofImage = NONE } = useQuery({
    ...proposalsQuery(datasetId, { sample_id: sampleId }),
    enabled: sampleId !== undefined,
  });
  const own = useQuery(proposalsQuery(datasetId, { reviewer, limit: SHOWN_OWN }));
  const withdraw = useWithdrawProposal(datasetId);
  return (
    <div className="space-y-3 text-sm">
      {ofImage.length > 0 && (
        <>
          <h3 className="text-xs text-muted">For this image</h3>
          <ul className="space-y-2">
            {ofImage.map((one) => (
              <Row key={one.id} proposal={one} by={reviewerName(one.reviewer)} />
            ))}
          </ul>
        </>
      )}
      {own.error !== null && <ProblemPanel error={own.error} onRetry={() => void own.refetch()} />}
      {own.data?.length === 0 && <p className="text-muted">You have proposed no class yet.</p>}
      {own.data !== undefined && own.data.length > 0 && (
        <>
          <h3 className="text-xs text-muted">Your latest proposals</h3>
          <ul className="space-y-2">
            {own.data.map((one) => (
              <Row
                key={one.id}
                proposal={one}
                onWithdraw={() => {
                  withdraw.mutate(one.id);
                }}
              />
            ))}
          </ul>
        </>
      )}
      {withdraw.error !== null && <ProblemPanel error={withdraw.error} />}
    </div>
  );
}
