import { useState } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Webhook } from "@/lib/client/types";
import { formatTime } from "@/lib/format";

import { eventName } from "../api/events";
import { useChangeWebhook, usePingWebhook } from "../api/queries";
import { DeleteWebhook } from "./delete-webhook";
import { DeliveryLog } from "./delivery-log";

interface Props {
  datasetId: string;
  webhook: Webhook;
}

function State({ webhook }: { webhook: Webhook }) {
  if (!webhook.is_active) return <Badge>Off</Badge>;
  if (webhook.failing_since === null) return <Badge look="good">Active</Badge>;
  return <Badge look="warn">Failing since {formatTime(webhook.failing_since)}</Badge>;
}

/** One webhook: where it leads, of what it is told, and what can be done with it. */
export function WebhookItem({ datasetId, webhook }: Props) {
  const { id, url, events, is_active, notice } = webhook;
  const [isOpen, setIsOpen] = useState(false);
  const changing = useChangeWebhook(datasetId, id);
  const pinging = usePingWebhook(datasetId, id);
  const failed = changing.error ?? pinging.error;
  return (
    <li className="space-y-2 rounded-md border border-line p-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 font-mono text-sm break-all">{url}</span>
        <State webhook={webhook} />
      </div>
      <p className="text-sm text-muted">{events.map(eventName).join(", ")}</p>
      {notice !== "" && <p className="rounded-md bg-warn-soft px-3 py-2 text-sm">{notice}</p>}
      {failed !== null && <ProblemPanel error={failed} />}
      <div className="flex flex-wrap gap-2">
        <Button
          aria-label={`Ping ${url}`}
          disabled={!is_active || pinging.isPending}
          onClick={() => {
            setIsOpen(true);
            pinging.mutate(undefined);
          }}
        >
          Ping
        </Button>
        <Button
          aria-label={`Log of ${url}`}
          aria-expanded={isOpen}
          onClick={() => {
            setIsOpen(!isOpen);
          }}
        >
          Log
        </Button>
        <Button
          aria-label={`Switch ${is_active ? "off" : "on"} ${url}`}
          disabled={changing.isPending}
          onClick={() => {
            changing.mutate({ is_active: !is_active });
          }}
        >
          Switch {is_active ? "off" : "on"}
        </Button>
        <DeleteWebhook datasetId={datasetId} webhook={webhook} />
      </div>
      {isOpen && <DeliveryLog datasetId={datasetId} webhookId={id} />}
    </li>
  );
}
