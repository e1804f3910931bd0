"""Finds reviews whose advice has changed, for webhooks: it is computed, so no transaction makes it true."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import AdvisedJob, Dataset, EventType, Job, Verification, Webhook, WorkStatus
from store.outbox.record import record_event
from store.results.auto_accept import read_acceptance
from store.statistics.advice import LOOK_AHEAD, Advice, advise
from store.statistics.review_progress import count_learned, expect_remaining, read_decisions
from store.verification.verified_set import lock_dataset

EVENTS = {
    Advice.STOP: EventType.REVIEW_STOP_ADVISED,
    Advice.RERUN: EventType.REVIEW_RERUN_ADVISED,
}
PAUSE = timedelta(seconds=30)
"""Between two looks at the same review, because each reads all of its decisions."""


class Advised(NamedTuple):
    """What the review of a job is advised to do now, and after which verification."""

    job: Job
    newest_verification: int
    advice: Advice
    reason: str


def find_unadvised(session: Session, now: datetime) -> list[str]:
    """The newest job with results of each dataset where a webhook wants to know, if somebody has decided
    since the last look.
    """
    return [job.id for job in _watched(session) if _is_due(session, job, now)]


def read_advice(session: Session, job_id: str) -> Advised:
    """What the review is advised to do now."""
    job = session.get_one(Job, job_id)
    newest = _newest_verification(session, job.dataset_id)
    threshold = read_acceptance(session, job).min_confidence
    advice, reason = advise(
        read_decisions(session, job_id),
        expect_remaining(session, job_id, threshold, LOOK_AHEAD),
        count_learned(session, job),
    )
    return Advised(job, newest, advice, reason)


def store_advice(session: Session, advised: Advised, now: datetime) -> None:
    """Store the advice, and the event if it has changed. Before the first one, the advice was to review.

    Raises `NotFoundError` if the dataset is deleted.
    """
    dataset = lock_dataset(session, advised.job.dataset_id)  # of two sweeps, one finds what the other stored
    row = session.get(AdvisedJob, advised.job.id, populate_existing=True)
    before = Advice.REVIEW if row is None else row.advice
    session.merge(
        AdvisedJob(
            job_id=advised.job.id,
            advice=advised.advice,
            newest_verification=advised.newest_verification,
            advised_at=now,
        )
    )
    if advised.advice != before and advised.advice in EVENTS:
        record_event(session, dataset.id, EVENTS[advised.advice], lambda: _describe(dataset, advised))


def _describe(dataset: Dataset, advised: Advised) -> dict[str, str | int]:
    return {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "num_samples": dataset.num_samples,
        "job_id": advised.job.id,
        "job_name": advised.job.name,
        "reason": advised.reason,
    }


def _watched(session: Session) -> Iterator[Job]:
    webhooks = session.scalars(select(Webhook).where(Webhook.is_active))
    wanting = {one.dataset_id for one in webhooks if set(EVENTS.values()) & set(one.events)}
    for dataset_id in sorted(wanting):
        succeeded = select(Job).where(Job.dataset_id == dataset_id, Job.status == WorkStatus.SUCCEEDED)
        newest = session.scalar(succeeded.order_by(Job.created_at.desc()).limit(1))
        if newest is not None:
            yield newest


def _is_due(session: Session, job: Job, now: datetime) -> bool:
    row = session.get(AdvisedJob, job.id)
    if row is None:
        return True
    if row.advised_at > now - PAUSE:
        return False
    return row.newest_verification != _newest_verification(session, job.dataset_id)


def _newest_verification(session: Session, dataset_id: str) -> int:
    of_dataset = select(func.max(Verification.id)).where(Verification.dataset_id == dataset_id)
    return session.scalar(of_dataset) or 0
