"""Webhooks: create, list, change, delete, ping; the log of deliveries, and sending one again."""

from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter

from api.datasets.service import get_dataset
from api.deps import QueueDep, ReadSession, SettingsDep, WriteSession
from api.pagination import Cursor, CursorParameter, Limit
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from api.webhooks import schemas
from store.infrastructure.encryption import open_cipher
from store.verification.verified_set import lock_dataset
from store.webhooks import manage
from store.webhooks.addresses import check_url, parse_networks

router = APIRouter(
    prefix="/datasets/{dataset_id}/webhooks", tags=["webhooks"], responses=responses(HTTPStatus.NOT_FOUND)
)

DELIVERIES = Cursor("deliveries", datetime, str)


@router.get("", summary="List webhooks")
def list_webhooks(session: ReadSession, dataset_id: WorkId) -> schemas.WebhookList:
    """The addresses that are told of the dataset's events. Secrets are not shown."""
    rows = manage.list_webhooks(session, get_dataset(session, dataset_id).id)
    return schemas.WebhookList(items=[schemas.Webhook.of(row) for row in rows])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Create a webhook",
)
def create_webhook(
    session: WriteSession, settings: SettingsDep, dataset_id: WorkId, body: schemas.WebhookCreate
) -> schemas.CreatedWebhook:
    """Have events sent to an address. The answer has the secret that signs them, once."""
    check_url(body.url, parse_networks(settings.webhook_networks))
    dataset = lock_dataset(session, dataset_id)
    created = manage.create_webhook(session, open_cipher(settings), dataset.id, body.url, body.events)
    return schemas.CreatedWebhook.with_secret(*created)


@router.patch("/{webhook_id}", responses=responses(*JSON_BODY), summary="Change a webhook")
def change_webhook(
    session: WriteSession,
    settings: SettingsDep,
    dataset_id: WorkId,
    webhook_id: WorkId,
    body: schemas.WebhookChange,
) -> schemas.Webhook:
    """Change its address or events, or switch it on or off."""
    webhook = manage.get_webhook(session, dataset_id, webhook_id)
    if body.url is not None:
        check_url(body.url, parse_networks(settings.webhook_networks))
        webhook.url = body.url
    if body.events is not None:
        webhook.events = [*dict.fromkeys(body.events)]
    if body.is_active is not None:
        manage.switch(webhook, is_active=body.is_active)
    return schemas.Webhook.of(webhook)


@router.delete("/{webhook_id}", status_code=HTTPStatus.NO_CONTENT, summary="Delete a webhook")
def delete_webhook(session: WriteSession, dataset_id: WorkId, webhook_id: WorkId) -> None:
    """Delete it with its log."""
    manage.delete_webhook(session, manage.get_webhook(session, dataset_id, webhook_id))


@router.post(
    "/{webhook_id}/ping",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(HTTPStatus.CONFLICT),
    summary="Ping a webhook",
)
def ping_webhook(
    session: WriteSession, queue: QueueDep, dataset_id: WorkId, webhook_id: WorkId
) -> schemas.Delivery:
    """Send an event of the type ping, to try the receiver."""
    sent = manage.ping(session, manage.get_webhook(session, dataset_id, webhook_id))
    queue.send_after_commit(session, "webhooks.deliver", sent.delivery.id)
    return schemas.Delivery.of(sent)


@router.get("/{webhook_id}/deliveries", summary="List deliveries")
def list_deliveries(
    session: ReadSession,
    dataset_id: WorkId,
    webhook_id: WorkId,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.DeliveryPage:
    """What was sent to the webhook, and what came back. The log is kept for 30 days."""
    webhook = manage.get_webhook(session, dataset_id, webhook_id)
    before = None if cursor is None else DELIVERIES.read(cursor)
    rows = manage.list_deliveries(session, webhook.id, before, limit + 1)
    return schemas.DeliveryPage.build(
        rows,
        limit,
        schemas.Delivery.of,
        lambda one: DELIVERIES.write(one.delivery.created_at, one.delivery.id),
    )


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redelivery",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(HTTPStatus.CONFLICT),
    summary="Deliver again",
)
def deliver_again(
    session: WriteSession, queue: QueueDep, dataset_id: WorkId, webhook_id: WorkId, delivery_id: WorkId
) -> schemas.Delivery:
    """Send the same event once more, with the same webhook-id."""
    webhook = manage.get_webhook(session, dataset_id, webhook_id)
    sent = manage.deliver_again(session, webhook, delivery_id)
    queue.send_after_commit(session, "webhooks.deliver", sent.delivery.id)
    return schemas.Delivery.of(sent)
