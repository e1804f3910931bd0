"""Webhooks are told when the advice about a review changes, once."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import (
    AdvisedJob,
    Dataset,
    EventType,
    Job,
    Verdict,
    Webhook,
    WebhookEvent,
)
from store.statistics.advised import PAUSE
from store.verification.record import verify
from tests.factories import get_samples, make_dataset, make_succeeded_job
from worker.webhooks.goals import record_advice

NOW = utc_now()


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Six samples, nothing decided."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=6)


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """Its finished job."""
    with session_scope(engine) as session:
        return make_succeeded_job(session, session.merge(dataset))


@pytest.fixture
def webhook(engine: Engine, dataset: Dataset) -> None:
    """One that wants to know when to stop."""
    with session_scope(engine) as session:
        wanted = [EventType.REVIEW_STOP_ADVISED]
        session.add(Webhook(dataset_id=dataset.id, url="https://example.org", events=wanted, secret=b"x"))


def decide(engine: Engine, dataset: Dataset, job: Job) -> None:
    """Confirm every label: nothing is left to review."""
    with session_scope(engine) as session:
        for sample in get_samples(session, dataset):
            verify(session, sample.id, Verdict.CORRECT, job_id=job.id)


def read_events(engine: Engine) -> list[WebhookEvent]:
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(WebhookEvent)))


@pytest.mark.usefixtures("webhook")
def test_the_advice_to_stop_is_an_event_once(engine: Engine, dataset: Dataset, job: Job) -> None:
    record_advice(engine, NOW)
    assert read_events(engine) == []
    decide(engine, dataset, job)
    record_advice(engine, NOW + PAUSE / 2)
    assert read_events(engine) == []  # looked at just before
    for minutes in (1, 2, 3):
        record_advice(engine, NOW + timedelta(minutes=minutes))
    (event,) = read_events(engine)
    assert event.type == "review.stop_advised"
    assert event.data["job_id"] == job.id
    assert event.data["reason"] == "Every sample of this job has a verdict."


@pytest.mark.usefixtures("webhook")
def test_nothing_is_computed_without_new_decisions(engine: Engine, dataset: Dataset, job: Job) -> None:
    record_advice(engine, NOW)
    record_advice(engine, NOW + 2 * PAUSE)
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(AdvisedJob, job.id).advised_at == NOW


def test_nothing_is_computed_where_nobody_wants_to_know(engine: Engine, dataset: Dataset, job: Job) -> None:
    decide(engine, dataset, job)
    record_advice(engine, NOW)
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(AdvisedJob)).all() == []
