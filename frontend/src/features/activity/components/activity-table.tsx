import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import { type ActivitySearch, ROLES, SOURCES } from "@/lib/activity-search";
import { describeDecision } from "@/lib/annotate/decision";
import { thumbnailUrl } from "@/lib/annotate/images";
import type { TrailItem } from "@/lib/client/types";
import { formatTime, reviewerName } from "@/lib/format";

import { activityQuery, useWithdraw } from "../api/queries";

interface Props {
  datasetId: string;
  filters: ActivitySearch;
}

interface RowProps {
  item: TrailItem;
  isBusy: boolean;
  onUndo: () => void;
}

function SampleCell({ item }: Pick<RowProps, "item">) {
  return (
    <Link
      to="/images/$sampleId"
      params={{ sampleId: item.sample_id }}
      className={cx(LINK, "flex items-center gap-2.5")}
    >
      <img
        src={thumbnailUrl(item.sample_id, 96)}
        alt=""
        loading="lazy"
        className="size-9 shrink-0 rounded border border-line bg-stage object-contain [image-rendering:pixelated]"
      />
      <span className="min-w-0 font-mono text-xs break-all">{item.file_name}</span>
    </Link>
  );
}

function ActivityRow({ item, isBusy, onUndo }: RowProps) {
  const decision = describeDecision(item, item.given_label);
  const mayUndo = item.verdict !== "withdrawn" && !item.withdrawn;
  return (
    <tr className="hover:bg-raised [&>td]:align-middle">
      <td className={cx(TD, "max-w-72")}>
        <SampleCell item={item} />
      </td>
      <td className={cx(TD, item.withdrawn && "text-muted line-through")}>{decision}</td>
      <td className={TD}>{reviewerName(item.reviewer)}</td>
      <td className={TD}>
        <span className="flex flex-wrap gap-1">
          <Badge>{item.source === "upload" ? SOURCES.upload : ROLES[item.role]}</Badge>
          {item.job_id !== null && (
            <Link to="/jobs/$jobId" params={{ jobId: item.job_id }} className={LINK}>
              from a job
            </Link>
          )}
        </span>
      </td>
      <td className={cx(TD, "whitespace-nowrap text-muted")}>{formatTime(item.created_at)}</td>
      <td className={cx(TD, NUMBER)}>
        {mayUndo && (
          <Button
            aria-label={`Undo: ${decision}, ${item.file_name}`}
            disabled={isBusy}
            onClick={onUndo}
          >
            Undo
          </Button>
        )}
        {item.withdrawn && <span className="text-muted">undone</span>}
      </td>
    </tr>
  );
}

/** Audit trail of the dataset, newest first. Active decisions have an undo button. */
export function ActivityTable({ datasetId, filters }: Props) {
  const query = useInfiniteQuery(activityQuery(datasetId, filters));
  const withdraw = useWithdraw(datasetId);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <div className="space-y-3">
      {query.isPending && <Loading lines={6} label="Loading activity" />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {withdraw.error !== null && <ProblemPanel error={withdraw.error} />}
      {query.isSuccess && items.length === 0 && (
        <p className="text-muted">No decisions match these filters.</p>
      )}
      {items.length > 0 && (
        <ScrollBox label="Decisions">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Image</th>
                <th className={TH}>Decision</th>
                <th className={TH}>Reviewer</th>
                <th className={TH}>Role</th>
                <th className={TH}>Time</th>
                <th className={cx(TH, NUMBER)}>
                  <span className="sr-only">Undo</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <ActivityRow
                  key={item.id}
                  item={item}
                  isBusy={withdraw.isPending}
                  onUndo={() => {
                    withdraw.mutate(item.id);
                  }}
                />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show older decisions
        </Button>
      )}
    </div>
  );
}
