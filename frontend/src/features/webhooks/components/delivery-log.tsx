import { useInfiniteQuery } from "@tanstack/react-query";

import { Badge, type BadgeLook } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { Delivery, WorkStatus } from "@/lib/client/types";
import { formatTime } from "@/lib/format";
import { isFinished } from "@/lib/work";

import { deliveryState, eventName } from "../api/events";
import { deliveriesQuery, useDeliverAgain } from "../api/queries";

const LOOKS: Record<WorkStatus, BadgeLook> = {
  queued: "neutral",
  running: "accent",
  succeeded: "good",
  failed: "bad",
  cancelled: "neutral",
};

interface RowProps {
  delivery: Delivery;
  onAgain: () => void;
}

function DeliveryRow({ delivery, onAgain }: RowProps) {
  const { event_type, created_at, status, attempt, response_status, response_excerpt } = delivery;
  const isWaiting = status === "queued" && attempt > 0;
  return (
    <tr>
      <td className={TD}>{eventName(event_type)}</td>
      <td className={cx(TD, "whitespace-nowrap")}>{formatTime(created_at)}</td>
      <td className={TD}>
        <Badge look={isWaiting ? "warn" : LOOKS[status]}>{deliveryState(delivery)}</Badge>
        {isWaiting && (
          <span className="block text-xs text-muted">next {formatTime(delivery.due_at)}</span>
        )}
      </td>
      <td className={cx(TD, "max-w-72")}>
        {response_status !== null && <span className="font-medium">{response_status} </span>}
        <span className="line-clamp-2 font-mono text-xs break-all text-muted">
          {response_excerpt}
        </span>
      </td>
      <td className={TD}>
        {isFinished(status) && (
          <Button
            look="quiet"
            aria-label={`Deliver again: ${eventName(event_type)}, ${formatTime(created_at)}`}
            onClick={onAgain}
          >
            Deliver again
          </Button>
        )}
      </td>
    </tr>
  );
}

interface Props {
  datasetId: string;
  webhookId: string;
}

/** What was sent to a webhook, and what it answered. */
export function DeliveryLog({ datasetId, webhookId }: Props) {
  const log = useInfiniteQuery(deliveriesQuery(datasetId, webhookId));
  const again = useDeliverAgain(datasetId, webhookId);
  const deliveries = log.data?.pages.flatMap((page) => page.items);
  if (log.error !== null) {
    return <ProblemPanel error={log.error} onRetry={() => void log.refetch()} />;
  }
  if (deliveries === undefined) return <Loading />;
  if (deliveries.length === 0) return <p className="text-muted">Nothing was sent yet.</p>;
  return (
    <>
      {again.error !== null && <ProblemPanel error={again.error} />}
      <ScrollBox label="Deliveries" className="max-h-80">
        <table className={TABLE}>
          <thead>
            <tr>
              <th className={TH}>Event</th>
              <th className={TH}>Time</th>
              <th className={TH}>State</th>
              <th className={TH}>Answer</th>
              <th className={TH}>
                <span className="sr-only">Deliver again</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => (
              <DeliveryRow
                key={delivery.id}
                delivery={delivery}
                onAgain={() => {
                  again.mutate(delivery.id);
                }}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {log.hasNextPage && (
        <Button className="mt-2" onClick={() => void log.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}
