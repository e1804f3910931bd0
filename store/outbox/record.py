"""Writes an event, and a delivery for each webhook that wants it.

The caller's transaction commits all of them or none. The next sweep sends the deliveries.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.database.columns import JsonObject
from store.models import Delivery, EventType, Webhook, WebhookEvent
from store.models.webhook import NEVER


def record_event(
    session: Session, dataset_id: str, event: EventType, describe: Callable[[], JsonObject]
) -> None:
    """Write the event if a webhook of the dataset wants it. `describe` is called only then."""
    wanting = [one for one in _lock_active(session, dataset_id) if event in one.events]
    if not wanting:
        return
    row = WebhookEvent(dataset_id=dataset_id, type=event, data=describe())
    session.add(row)
    session.flush()
    session.add_all(Delivery(webhook_id=one.id, event_id=row.id, sent_at=NEVER) for one in wanting)
    session.flush()


def _lock_active(session: Session, dataset_id: str) -> list[Webhook]:
    """The active webhooks, which nobody can delete before the end of the transaction: a delivery to one that
    is gone would make the transaction fail, and with it the task that it ends.
    """
    active = select(Webhook).where(Webhook.dataset_id == dataset_id, Webhook.is_active)
    return list(session.scalars(active.order_by(Webhook.id).with_for_update(read=True, key_share=True)))
