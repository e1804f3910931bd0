import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { WebhookChange, WebhookCreate } from "@/lib/client/types";
import { isFinished } from "@/lib/work";

const POLL_MS = 2000;
const IDLE_POLL_MS = 5000;

export const webhooksQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "webhooks"],
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/webhooks", {
            params: { path: { dataset_id: datasetId } },
            signal,
          }),
        )
      ).items,
  });

/** The log of a webhook, newest first; asked for again, more often while something is on its way. */
export const deliveriesQuery = (datasetId: string, webhookId: string) =>
  infiniteQueryOptions({
    queryKey: [...webhooksQuery(datasetId).queryKey, webhookId, "deliveries"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/webhooks/{webhook_id}/deliveries", {
          params: {
            path: { dataset_id: datasetId, webhook_id: webhookId },
            query: { cursor: pageParam, limit: 20 },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.items.some(({ status }) => !isFinished(status)) === true
        ? POLL_MS
        : IDLE_POLL_MS,
  });

/** A change of the dataset's webhooks; the list and the logs are read again afterwards. */
function useWebhookMutation<Wanted, Answer>(
  datasetId: string,
  mutationFn: (wanted: Wanted) => Promise<Answer>,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => queryClient.invalidateQueries({ queryKey: webhooksQuery(datasetId).queryKey }),
  });
}

export function useCreateWebhook(datasetId: string) {
  return useWebhookMutation(datasetId, (body: WebhookCreate) =>
    unwrap(
      api.POST("/api/v1/datasets/{dataset_id}/webhooks", {
        params: { path: { dataset_id: datasetId } },
        body,
      }),
    ),
  );
}

export function useChangeWebhook(datasetId: string, webhookId: string) {
  return useWebhookMutation(datasetId, (body: WebhookChange) =>
    unwrap(
      api.PATCH("/api/v1/datasets/{dataset_id}/webhooks/{webhook_id}", {
        params: { path: { dataset_id: datasetId, webhook_id: webhookId } },
        body,
      }),
    ),
  );
}

/** Deletes a webhook. The list loses it at once, so that nothing asks for its log again. */
export function useDeleteWebhook(datasetId: string, webhookId: string) {
  const queryClient = useQueryClient();
  const { queryKey } = webhooksQuery(datasetId);
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.DELETE("/api/v1/datasets/{dataset_id}/webhooks/{webhook_id}", {
          params: { path: { dataset_id: datasetId, webhook_id: webhookId } },
        }),
      ),
    onSuccess: () => {
      queryClient.setQueryData(queryKey, (webhooks) =>
        webhooks?.filter(({ id }) => id !== webhookId),
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey, exact: true }),
  });
}

export function usePingWebhook(datasetId: string, webhookId: string) {
  return useWebhookMutation(datasetId, () =>
    unwrap(
      api.POST("/api/v1/datasets/{dataset_id}/webhooks/{webhook_id}/ping", {
        params: { path: { dataset_id: datasetId, webhook_id: webhookId } },
      }),
    ),
  );
}

export function useDeliverAgain(datasetId: string, webhookId: string) {
  return useWebhookMutation(datasetId, (delivery_id: string) =>
    unwrap(
      api.POST(
        "/api/v1/datasets/{dataset_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/redelivery",
        { params: { path: { dataset_id: datasetId, webhook_id: webhookId, delivery_id } } },
      ),
    ),
  );
}
