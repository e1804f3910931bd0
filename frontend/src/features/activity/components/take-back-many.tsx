import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { ActivitySearch } from "@/lib/activity-search";
import type { BulkWithdrawal } from "@/lib/client/types";
import { formatCount, formatPlural, reviewerName } from "@/lib/format";

import { useBulkWithdraw, withdrawalPreviewQuery } from "../api/queries";

interface Props {
  datasetId: string;
  filters: ActivitySearch;
}

interface PreviewProps extends Props {
  /** Called with the number of decisions that the preview shows. */
  onConfirm: (expected: number) => void;
  isBusy: boolean;
}

function Preview({ datasetId, filters, onConfirm, isBusy }: PreviewProps) {
  const { data, error, refetch } = useQuery(withdrawalPreviewQuery(datasetId, filters));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading label="Loading preview" />;
  const { decisions, samples, reviewers } = data;
  return (
    <>
      <p>
        <strong>{formatPlural(decisions, "decision")}</strong> on {formatPlural(samples, "image")}{" "}
        would be taken back. The decisions before them are active again.
      </p>
      <ul aria-label="By reviewer" className="mt-2 max-h-40 overflow-y-auto text-sm text-muted">
        {Object.entries(reviewers).map(([reviewer, count]) => (
          <li key={reviewer}>
            {reviewerName(reviewer)}: {formatCount(count)}
          </li>
        ))}
      </ul>
      <div className="mt-4 flex justify-end">
        <Button
          look="danger"
          disabled={decisions === 0 || isBusy}
          onClick={() => {
            onConfirm(decisions);
          }}
        >
          Take back {formatPlural(decisions, "decision")}
        </Button>
      </div>
    </>
  );
}

/** Takes back all decisions that match the filters, after a preview; can be undone. */
export function TakeBackMany({ datasetId, filters }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [done, setDone] = useState<BulkWithdrawal | null>(null);
  const bulk = useBulkWithdraw(datasetId);
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const undo = ({ count, first_id, last_id }: BulkWithdrawal) => {
    bulk.mutate(
      { filter: { verdict: "withdrawn", id_min: first_id, id_max: last_id }, expected: count },
      {
        onSuccess: () => {
          setDone(null);
        },
      },
    );
  };
  return (
    <div className="mb-3 flex flex-wrap items-center gap-3">
      {isFiltered && filters.verdict !== "withdrawn" && (
        <Button
          onClick={() => {
            setOpen(true);
          }}
        >
          Take back all that match …
        </Button>
      )}
      {done !== null && (
        <p role="status" className="flex flex-wrap items-center gap-3">
          {formatPlural(done.count, "decision")} taken back.
          <Button
            disabled={bulk.isPending}
            onClick={() => {
              undo(done);
            }}
          >
            Undo: restore {done.count === 1 ? "it" : "all of them"}
          </Button>
        </p>
      )}
      {bulk.error !== null && <ProblemPanel error={bulk.error} />}
      <Dialog
        title="Take back decisions"
        description="Every active decision that matches the filters, on all pages of the list."
        open={isOpen}
        onOpenChange={setOpen}
      >
        <Preview
          datasetId={datasetId}
          filters={filters}
          isBusy={bulk.isPending}
          onConfirm={(expected) => {
            bulk.mutate({ filter: filters, expected }, { onSuccess: setDone });
            setOpen(false);
          }}
        />
      </Dialog>
    </div>
  );
}
