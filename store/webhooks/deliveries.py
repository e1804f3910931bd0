"""What a worker sends, when it tries again, and when a webhook is switched off."""

import json
import random
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from store.database.clock import database_now
from store.models import Dataset, Delivery, Webhook, WebhookEvent, WorkStatus
from store.models.webhook import NEVER
from store.tasks import lifecycle

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=10)
PAUSE_FACTOR = 5
LONGEST_PAUSE = timedelta(hours=12)
JITTER = 0.2
"""Pauses differ by up to this share, so that a receiver that comes back is not hit by all at once."""
FAILING_DAYS = 5
KEPT = timedelta(days=30)
GONE = 410
"""The status by which a receiver says that it wants no more."""

NOT_DELIVERED: lifecycle.Problem = {
    "code": "not_delivered",
    "title": "The event was not delivered",
    "detail": f"None of {MAX_ATTEMPTS} attempts was answered with a status from 200 to 299: correct the "
    "receiver, then deliver it again.",
}


class Message(NamedTuple):
    """What to send, and where to."""

    id: str
    url: str
    secret: bytes
    """Encrypted."""
    body: bytes


class Answer(NamedTuple):
    """What came back. Without an answer there is no status, and the excerpt says what went wrong."""

    status: int | None
    excerpt: str

    @property
    def is_success(self) -> bool:
        """Whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300


def is_due(now: datetime) -> ColumnElement[bool]:
    """Which queued deliveries are to be sent."""
    return Delivery.due_at <= now


def read_message(session: Session, delivery_id: str) -> Message | None:
    """What to send; None if the webhook is switched off."""
    delivery = lifecycle.get(session, Delivery, delivery_id)
    webhook = session.get_one(Webhook, delivery.webhook_id)
    event = session.get_one(WebhookEvent, delivery.event_id)
    content = {"type": event.type, "timestamp": event.created_at.isoformat(), "data": event.data}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(event.id, webhook.url, webhook.secret, body) if webhook.is_active else None


def store_answer(session: Session, delivery_id: str, attempt: int, answer: Answer) -> None:
    """End the delivery, or have it tried again later. Raises `SupersededError`."""
    columns = {"response_status": answer.status, "response_excerpt": answer.excerpt}
    webhook_id = session.scalar(select(Delivery.webhook_id).where(Delivery.id == delivery_id))
    webhook = session.get_one(Webhook, webhook_id, with_for_update={"key_share": True})
    if answer.is_success:
        webhook.failing_since = None
        lifecycle.finish(session, Delivery, delivery_id, attempt, **columns)
        return
    _note_failure(webhook, answer, database_now(session))
    if attempt < MAX_ATTEMPTS and webhook.is_active:
        due = database_now(session) + pause_after(attempt)
        lifecycle.postpone(session, Delivery, delivery_id, attempt, due_at=due, sent_at=NEVER, **columns)
    else:
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(columns))
        lifecycle.fail(session, Delivery, delivery_id, attempt, NOT_DELIVERED)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after this attempt, from 1: 10 s, 50 s, 4 min, 21 min, 1.7 h, 8.7 h, 12 h."""
    factor: int = PAUSE_FACTOR ** (attempt - 1)
    pause = min(FIRST_PAUSE * factor, LONGEST_PAUSE)
    return pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret


def _note_failure(webhook: Webhook, answer: Answer, now: datetime) -> None:
    """Switch the webhook off if the receiver wants no more, or has failed for days."""
    webhook.failing_since = webhook.failing_since or now
    if answer.status == GONE:
        webhook.is_active = False
        webhook.notice = "Switched off, because the receiver answered 410 Gone."
    elif now - webhook.failing_since > timedelta(days=FAILING_DAYS):
        webhook.is_active = False
        webhook.notice = f"Switched off after {FAILING_DAYS} days in which no delivery succeeded."


def delete_old(session: Session, now: datetime) -> None:
    """Delete events and deliveries after a month, and webhooks that have been told that their dataset is
    deleted.
    """
    session.execute(delete(WebhookEvent).where(WebhookEvent.created_at < now - KEPT))
    live = Delivery.status.in_((WorkStatus.QUEUED, WorkStatus.RUNNING))
    session.execute(
        delete(Webhook).where(
            ~exists().where(Dataset.id == Webhook.dataset_id),
            ~exists().where(Delivery.webhook_id == Webhook.id, live),
        ),
        execution_options={"synchronize_session": False},
    )
