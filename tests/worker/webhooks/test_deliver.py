"""From an event to the receiver: attempts, pauses, the log, and when a webhook is switched off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from standardwebhooks import Webhook as Verifier

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.encryption import Cipher, open_cipher
from store.models import Dataset, Delivery, EventType, Webhook, WebhookEvent, WorkStatus
from store.outbox.record import record_event
from store.settings import Settings
from store.tasks import lifecycle
from store.webhooks import deliveries, manage
from tests.receiver import Receiver
from worker.tasks import sweep
from worker.webhooks import deliver

pytestmark = pytest.mark.usefixtures("in_process")

DATA = {"job_id": "a", "job_name": "Vögel"}
Created = tuple[Webhook, str]


@pytest.fixture
def webhook(engine: Engine, settings: Settings, receiver: Receiver) -> Created:
    """A webhook for jobs that succeed, and its secret."""
    with session_scope(engine) as session:
        dataset = Dataset(name="letters")
        session.add(dataset)
        session.flush()
        events = [EventType.JOB_SUCCEEDED, EventType.DATASET_DELETED]
        return manage.create_webhook(session, open_cipher(settings), dataset.id, receiver.url, events)


@pytest.fixture
def swept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Sweep and do what is sent; return how many messages that were."""
    sent: list[str] = []
    monkeypatch.setattr("worker.tasks.sweep.app.send_task", lambda _name, args: sent.extend(args))

    def run() -> int:
        sent.clear()
        sweep.sweep(engine, utc_now())
        for delivery_id in sent:
            deliver.run(delivery_id)
        return len(sent)

    return run


def happen(engine: Engine, webhook: Webhook) -> str:
    """Let the event happen; return the id of its delivery."""
    with session_scope(engine) as session:
        record_event(session, webhook.dataset_id, EventType.JOB_SUCCEEDED, lambda: DATA)
    with session_scope(engine, read_only=True) as session:
        newest = select(Delivery.id).join(WebhookEvent, WebhookEvent.id == Delivery.event_id)
        return session.scalars(newest.order_by(WebhookEvent.created_at.desc())).first() or ""


def read(engine: Engine, delivery_id: str) -> Delivery:
    with session_scope(engine, read_only=True) as session:
        return lifecycle.get(session, Delivery, delivery_id)


def read_webhook(engine: Engine, webhook: Webhook) -> Webhook:
    with session_scope(engine, read_only=True) as session:
        return session.get_one(Webhook, webhook.id)


def make_due(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.execute(update(Delivery).values(due_at=utc_now()))


def test_an_event_is_delivered_with_a_signature(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    delivery_id = happen(engine, webhook[0])
    assert swept() == 1
    (request,) = receiver.received
    content = Verifier(webhook[1]).verify(request.body, request.headers)
    delivery = read(engine, delivery_id)
    assert content["type"] == "job.succeeded"
    assert content["data"] == DATA
    assert request.headers["webhook-id"] == delivery.event_id
    assert (delivery.status, delivery.attempt) == (WorkStatus.SUCCEEDED, 1)
    assert (delivery.response_status, delivery.response_excerpt) == (200, "thank you")
    assert swept() == 0


def test_the_secret_is_stored_encrypted(webhook: Created, settings: Settings) -> None:
    row, secret = webhook
    assert secret.startswith("whsec_")
    assert secret.encode() not in row.secret
    assert open_cipher(settings).decrypt(row.secret) == secret


def test_a_failed_attempt_is_followed_by_others(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    receiver.status, receiver.answer = 500, b"no"
    delivery_id = happen(engine, webhook[0])
    for attempt in range(1, deliveries.MAX_ATTEMPTS + 1):
        assert read(engine, delivery_id).status is WorkStatus.QUEUED
        assert swept() == 1
        assert swept() == 0  # not due yet
        delivery = read(engine, delivery_id)
        assert (delivery.attempt, delivery.response_status, delivery.response_excerpt) == (attempt, 500, "no")
        make_due(engine)
    assert delivery.status is WorkStatus.FAILED
    assert delivery.error == deliveries.NOT_DELIVERED
    assert swept() == 0
    assert {one.headers["webhook-id"] for one in receiver.received} == {delivery.event_id}
    assert len(receiver.received) == 8
    assert read_webhook(engine, webhook[0]).is_active


def test_a_receiver_that_comes_back_gets_the_event(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    receiver.status = 503
    delivery_id = happen(engine, webhook[0])
    swept()
    assert read_webhook(engine, webhook[0]).failing_since is not None
    receiver.status = 204
    make_due(engine)
    swept()
    assert read(engine, delivery_id).status is WorkStatus.SUCCEEDED
    assert read_webhook(engine, webhook[0]).failing_since is None


def test_pauses_grow_to_about_a_day() -> None:
    pauses = [deliveries.pause_after(attempt) for attempt in range(1, deliveries.MAX_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert timedelta(seconds=8) <= pauses[0] <= timedelta(seconds=12)
    assert timedelta(hours=18) < sum(pauses, timedelta()) < timedelta(hours=28)
    assert len({deliveries.pause_after(1) for _ in range(10)}) > 1


def test_a_receiver_that_is_gone_is_left_alone(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    receiver.status = 410
    delivery_id = happen(engine, webhook[0])
    swept()
    assert read(engine, delivery_id).status is WorkStatus.FAILED
    row = read_webhook(engine, webhook[0])
    assert not row.is_active
    assert "410" in row.notice


def test_days_of_failure_switch_a_webhook_off(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    receiver.status = 500
    first, second = happen(engine, webhook[0]), happen(engine, webhook[0])
    with session_scope(engine) as session:
        row = session.get_one(Webhook, webhook[0].id)
        row.failing_since = utc_now() - timedelta(days=deliveries.FAILING_DAYS, seconds=1)
    assert swept() == 2
    row = read_webhook(engine, webhook[0])
    assert not row.is_active
    assert "5 days" in row.notice
    statuses = {read(engine, one).status for one in (first, second)}
    assert statuses == {WorkStatus.FAILED, WorkStatus.CANCELLED}
    assert len(receiver.received) == 1


def test_an_event_is_sent_again_by_hand(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    first = happen(engine, webhook[0])
    swept()
    with session_scope(engine) as session:
        again = manage.deliver_again(session, session.merge(webhook[0]), first).delivery.id
    deliver.run(again)
    ids = {one.headers["webhook-id"] for one in receiver.received}
    assert (len(receiver.received), len(ids)) == (2, 1)
    assert read(engine, again).status is WorkStatus.SUCCEEDED


def test_a_delivery_whose_worker_died_is_sent_again(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    delivery_id = happen(engine, webhook[0])
    with session_scope(engine) as session:
        lifecycle.claim(session, Delivery, delivery_id, timedelta(seconds=-1))
    assert swept() == 1
    assert read(engine, delivery_id).attempt == 2
    assert len(receiver.received) == 1


def test_a_secret_of_another_key_fails_with_a_reason(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    with session_scope(engine) as session:
        session.get_one(Webhook, webhook[0].id).secret = Cipher("another key").encrypt("whsec_")
    delivery_id = happen(engine, webhook[0])
    swept()
    error = read(engine, delivery_id).error
    assert error is not None
    assert error["code"] == "secret_key"
    assert receiver.received == []


def test_old_events_and_webhooks_of_deleted_datasets_are_deleted(
    engine: Engine, webhook: Created, receiver: Receiver, swept: Callable[[], int]
) -> None:
    happen(engine, webhook[0])
    with session_scope(engine) as session:
        session.delete(session.get_one(Dataset, webhook[0].dataset_id))
    now = utc_now()

    def count_after_cleaning(at: timedelta) -> tuple[int, int]:
        with session_scope(engine) as session:
            deliveries.delete_old(session, now + at)
            return session.query(Webhook).count(), session.query(WebhookEvent).count()

    assert count_after_cleaning(timedelta()) == (1, 1)  # the delivery is still to be made
    assert swept() == 1
    assert count_after_cleaning(timedelta()) == (0, 1)
    assert count_after_cleaning(deliveries.KEPT + timedelta(hours=1)) == (0, 0)
