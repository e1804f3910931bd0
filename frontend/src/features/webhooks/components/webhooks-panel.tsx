import { useQuery } from "@tanstack/react-query";

import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { webhooksQuery } from "../api/queries";
import { CreateWebhookForm } from "./create-webhook-form";
import { WebhookItem } from "./webhook-item";

/** The addresses that are told of the dataset's events. For managers. */
export function WebhooksPanel({ datasetId }: { datasetId: string }) {
  const { data: webhooks, error, refetch } = useQuery(webhooksQuery(datasetId));
  return (
    <Panel title="Webhooks">
      <p className="mb-3 text-muted">
        Other programs are told by a signed request when something happens here.
      </p>
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {webhooks === undefined && error === null && <Loading />}
      {webhooks !== undefined && webhooks.length > 0 && (
        <ul className="space-y-3">
          {webhooks.map((webhook) => (
            <WebhookItem key={webhook.id} datasetId={datasetId} webhook={webhook} />
          ))}
        </ul>
      )}
      <CreateWebhookForm datasetId={datasetId} />
    </Panel>
  );
}
