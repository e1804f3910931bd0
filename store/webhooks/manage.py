"""Creates, changes, lists and deletes webhooks; sends a ping, or an event again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from store.errors import NotFoundError, TooManyWebhooksError, WebhookOffError
from store.infrastructure.encryption import Cipher
from store.models import Delivery, EventType, Webhook, WebhookEvent
from store.webhooks.signature import new_secret

MAX_WEBHOOKS = 20


class LoggedDelivery(NamedTuple):
    """A delivery and its event."""

    delivery: Delivery
    event: WebhookEvent


def create_webhook(
    session: Session, cipher: Cipher, dataset_id: str, url: str, events: Sequence[EventType]
) -> tuple[Webhook, str]:
    """A new webhook, and its secret, which nobody sees again. Raises `TooManyWebhooksError`."""
    of_dataset = select(func.count()).where(Webhook.dataset_id == dataset_id)
    if (session.scalar(of_dataset) or 0) >= MAX_WEBHOOKS:
        raise TooManyWebhooksError(MAX_WEBHOOKS)
    secret = new_secret()
    webhook = Webhook(
        dataset_id=dataset_id, url=url, events=[*dict.fromkeys(events)], secret=cipher.encrypt(secret)
    )
    session.add(webhook)
    session.flush()
    return webhook, secret


def list_webhooks(session: Session, dataset_id: str) -> list[Webhook]:
    """The dataset's webhooks, oldest first."""
    of_dataset = select(Webhook).where(Webhook.dataset_id == dataset_id)
    return list(session.scalars(of_dataset.order_by(Webhook.created_at, Webhook.id)))


def get_webhook(session: Session, dataset_id: str, webhook_id: str) -> Webhook:
    """The webhook. Raises `NotFoundError`."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.dataset_id != dataset_id:
        raise NotFoundError("webhook", webhook_id)
    return webhook


def switch(webhook: Webhook, *, is_active: bool) -> None:
    """Switch the webhook on or off by hand. Failures before that do not count any more."""
    webhook.is_active, webhook.notice, webhook.failing_since = is_active, "", None


def delete_webhook(session: Session, webhook: Webhook) -> None:
    """Delete the webhook and its log. Deliveries go first, as a worker locks them before their webhook."""
    session.execute(delete(Delivery).where(Delivery.webhook_id == webhook.id))
    session.delete(webhook)


def ping(session: Session, webhook: Webhook) -> LoggedDelivery:
    """Send an event that means nothing. Raises `WebhookOffError`."""
    event = WebhookEvent(
        dataset_id=webhook.dataset_id, type=EventType.PING, data={"dataset_id": webhook.dataset_id}
    )
    session.add(event)
    session.flush()
    return _deliver(session, webhook, event)


def deliver_again(session: Session, webhook: Webhook, delivery_id: str) -> LoggedDelivery:
    """Send the event of a delivery once more. Raises `NotFoundError`, `WebhookOffError`."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.webhook_id != webhook.id:
        raise NotFoundError("delivery", delivery_id)
    return _deliver(session, webhook, session.get_one(WebhookEvent, delivery.event_id))


def list_deliveries(
    session: Session, webhook_id: str, before: tuple[datetime, str] | None, limit: int
) -> list[LoggedDelivery]:
    """Up to `limit` deliveries, newest first."""
    statement = (
        select(Delivery, WebhookEvent)
        .join(WebhookEvent, WebhookEvent.id == Delivery.event_id)
        .where(Delivery.webhook_id == webhook_id)
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
    )
    if before is not None:
        statement = statement.where(tuple_(Delivery.created_at, Delivery.id) < tuple_(*before))
    return [LoggedDelivery(*row) for row in session.execute(statement.limit(limit)).all()]


def _deliver(session: Session, webhook: Webhook, event: WebhookEvent) -> LoggedDelivery:
    if not webhook.is_active:
        raise WebhookOffError
    delivery = Delivery(webhook_id=webhook.id, event_id=event.id)
    session.add(delivery)
    session.flush()
    return LoggedDelivery(delivery, event)
