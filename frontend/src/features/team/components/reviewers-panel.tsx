import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { ReviewerFigures } from "@/lib/client/types";
import { formatCount, formatInterval, formatTime, reviewerName } from "@/lib/format";

import { reviewersQuery } from "../api/queries";

interface RowProps {
  datasetId: string;
  record: ReviewerFigures;
}

function Confusion({ confusion }: Pick<ReviewerFigures, "confusion">) {
  if (confusion.length === 0) return <span className="text-muted">none</span>;
  return (
    <ul>
      {confusion.map(({ settled, decided, count }) => (
        <li key={`${settled}\u0000${decided}`}>
          {settled} → {decided}
          {count > 1 && ` (${formatCount(count)}×)`}
        </li>
      ))}
    </ul>
  );
}

function ReviewerRow({ datasetId, record }: RowProps) {
  const { reviewer, decisions, withdrawn, honeypots, confusion, per_minute, last_at } = record;
  return (
    <tr>
      <td className={cx(TD, "max-w-48")}>
        <Link
          to="/datasets/$datasetId/activity"
          params={{ datasetId }}
          search={{ reviewer }}
          className={cx(LINK, "font-medium break-words")}
        >
          {reviewerName(reviewer)}
        </Link>
      </td>
      <td className={cx(TD, NUMBER)}>{formatCount(decisions)}</td>
      <td className={cx(TD, NUMBER)}>{formatCount(withdrawn)}</td>
      <td className={cx(TD, NUMBER)}>{per_minute === null ? "–" : per_minute.toFixed(1)}</td>
      <td className={TD}>{honeypots === null ? "not tested" : formatInterval(honeypots)}</td>
      <td className={TD}>
        <Confusion confusion={confusion} />
      </td>
      <td className={cx(TD, NUMBER, "text-muted")}>
        {last_at === null ? "–" : formatTime(last_at)}
      </td>
    </tr>
  );
}

/** Each reviewer's number of decisions, speed and accuracy on test images. */
export function ReviewersPanel({ datasetId }: { datasetId: string }) {
  const { data: records, error, refetch } = useQuery(reviewersQuery(datasetId));
  return (
    <Panel title="Reviewers">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {records === undefined && error === null && <Loading />}
      {records?.length === 0 && <p className="text-muted">No decisions yet.</p>}
      {records !== undefined && records.length > 0 && (
        <ScrollBox label="Reviewers' records">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Reviewer</th>
                <th className={cx(TH, NUMBER)}>Decisions</th>
                <th className={cx(TH, NUMBER)}>Undone</th>
                <th className={cx(TH, NUMBER)}>Per minute</th>
                <th className={TH}>Accuracy on test images</th>
                <th className={TH}>Errors on test images</th>
                <th className={cx(TH, NUMBER)}>Last decision</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <ReviewerRow key={record.reviewer} datasetId={datasetId} record={record} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  );
}
