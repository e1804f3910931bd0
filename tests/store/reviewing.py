"""Reviewers at work, for the tests of decisions, leases and queues. Each call is a transaction of its own."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, update

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, Lease, Queue, Sample, Verdict, Verification
from store.review.assignments import Serving, serve
from store.review.queues import QueueQuery
from store.verification.record import verify

CAT, DOG, OWL = 0, 1, 2
TEN_MINUTES = timedelta(minutes=10)


def request(
    engine: Engine,
    dataset: Dataset,
    reviewer: str,
    queue: Queue = Queue.VERIFY,
    *,
    count: int = 10,
    holding: Collection[int] = (),
    **filters: Any,
) -> Serving:
    """Let the reviewer request samples of a queue."""
    with session_scope(engine) as session:
        return serve(
            session,
            dataset.id,
            QueueQuery(reviewer, queue, **filters),
            count=count,
            holding=holding,
            duration=TEN_MINUTES,
        )


def ids(serving: Serving) -> list[int]:
    """Ids of the served samples."""
    return [served.sample.id for served in serving.items]


def decide(
    engine: Engine, sample_id: int, reviewer: str, label: int | None = None, **options: Any
) -> Verification:
    """Settle a sample as a class; without one, decide `unsure`."""
    with session_scope(engine) as session:
        given = session.get_one(Sample, sample_id).given_label
        verdict = Verdict.CORRECT if label == given else Verdict.WRONG
        if label is None:
            verdict = Verdict.UNSURE
        return verify(session, sample_id, verdict, label, reviewer=reviewer, **options)


def undo(engine: Engine, sample_id: int, reviewer: str) -> Verification:
    """Let the reviewer withdraw their newest active decision on a sample."""
    with session_scope(engine) as session:
        return verify(session, sample_id, Verdict.WITHDRAWN, reviewer=reviewer)


def expire(engine: Engine, reviewer: str) -> None:
    """Let the reviewer's leases expire."""
    with session_scope(engine) as session:
        session.execute(
            update(Lease)
            .where(Lease.reviewer == reviewer)
            .values(expires_at=utc_now() - timedelta(seconds=1))
        )


def configure(engine: Engine, dataset: Dataset, **columns: Any) -> None:
    """Change the dataset's settings."""
    with session_scope(engine) as session:
        session.execute(update(Dataset).where(Dataset.id == dataset.id).values(**columns))
