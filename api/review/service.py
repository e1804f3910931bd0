"""Translates reviewers' requests into queries of the store, which decides who gets what."""

from datetime import timedelta

from sqlalchemy.orm import Session

from api.datasets.service import class_of_field, get_dataset
from api.errors import InvalidError
from api.metadata.filters import conditions_on
from api.results.service import get_finished_job, refuse_empty_range
from api.review.schemas import LeaseRequest
from store.errors import NotFoundError
from store.models import Dataset, Queue
from store.results.auto_accept import read_acceptance
from store.review import assignments, queues
from store.review.assignments import Serving
from store.review.queues import QueueCounts, QueueQuery

FILTERS = (
    *("job_id", "label", "given", "suggested", "score_min", "score_max", "rank_max", "changed_by_model"),
    *("metadata", "tag"),
)
"""Fields of a request that select samples."""


def serve(session: Session, dataset: Dataset, request: LeaseRequest, duration: timedelta) -> Serving:
    """Lease the reviewer's next samples for `duration`.

    Raises `NotFoundError`, `JobNotSucceededError`, and `InvalidError` for a contradictory request.
    """
    return assignments.serve(
        session,
        dataset.id,
        read_query(session, dataset, request),
        count=request.count,
        holding=[int(sample_id) for sample_id in request.holding],
        duration=duration,
    )


def release(session: Session, dataset_id: str, reviewer: str) -> None:
    """End the reviewer's leases on samples without a decision. Raises `NotFoundError`."""
    assignments.release(session, dataset_id, reviewer)


def count_queues(session: Session, dataset_id: str, reviewer: str) -> QueueCounts:
    """Count the samples that wait for the reviewer. Raises `NotFoundError`."""
    return queues.count_queues(session, get_dataset(session, dataset_id), reviewer)


def read_query(session: Session, dataset: Dataset, request: LeaseRequest) -> QueueQuery:
    """The request as a query of the store.

    Raises `NotFoundError`, `JobNotSucceededError`, and `InvalidError` for a contradictory request.
    """
    _check_fields(request)
    if request.job_id is not None and get_finished_job(session, request.job_id).dataset_id != dataset.id:
        raise NotFoundError("job of this dataset", request.job_id)
    given = "given" if request.queue is Queue.REVIEW else "label"
    return QueueQuery(
        reviewer=request.reviewer,
        queue=request.queue,
        job_id=request.job_id,
        given=_class(dataset, getattr(request, given), given),
        suggested=_class(dataset, request.suggested, "suggested"),
        score_min=request.score_min,
        score_max=request.score_max,
        rank_max=request.rank_max,
        changed_by_model=request.changed_by_model,
        min_confidence=_min_confidence(session, request),
        on_samples=tuple(conditions_on(dataset, request.metadata or [], request.tag or [])),
    )


def _min_confidence(session: Session, request: LeaseRequest) -> float | None:
    """From which confidence on the reviewed job's suggestions are accepted; None: none is."""
    if request.queue is not Queue.REVIEW or request.job_id is None:
        return None
    return read_acceptance(session, get_finished_job(session, request.job_id)).min_confidence


def _class(dataset: Dataset, name: str | None, field: str) -> int | None:
    return None if name is None else class_of_field(dataset, name, field)


def _check_fields(request: LeaseRequest) -> None:
    """Raise `InvalidError` if a field that the queue needs is missing or one that it does not take is set."""
    queue = request.queue
    allowed = {
        Queue.VERIFY: {"label"},
        Queue.REVIEW: set(FILTERS) - {"label"},
        Queue.TIE_BREAK: set[str](),
        Queue.RE_REVIEW: {"job_id"},
    }[queue]
    used = {name for name in FILTERS if getattr(request, name) is not None}
    if queue is Queue.REVIEW and request.job_id is None:
        raise InvalidError.of_field("job_id", "job_missing", "Name the job whose ranking to review.")
    for name in sorted(used - allowed):
        message = f"The queue {queue} takes no {name}: omit it."
        raise InvalidError.of_field(name, "filter_not_expected", message)
    refuse_empty_range(request.score_min, request.score_max)
