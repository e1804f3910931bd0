"""Reads the results of a job, together with the decisions made since."""

from typing import Any, NamedTuple

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from api.datasets.service import class_of_field, get_dataset
from api.errors import InvalidError, JobNotSucceededError
from api.metadata.filters import conditions_on, read_order
from api.pagination import Cursor, RowNumber
from api.results import schemas
from store.database.class_columns import is_class
from store.errors import NotFoundError
from store.metadata.order import in_order
from store.models import Dataset, DecidedResult, Job, Result, Sample, WorkStatus
from store.results.auto_accept import Acceptance, read_acceptance
from store.results.class_reading import is_issue, read_soft_label
from store.results.corrected_label import correct, is_changed
from store.results.ranks import rank_range
from store.tasks import lifecycle

RESULTS = Cursor("results", RowNumber)

Rows = Select[Result, Sample]


class Ranking(NamedTuple):
    """A finished job, its dataset (for class names), and which suggestions are accepted."""

    job: Job
    dataset: Dataset
    acceptance: Acceptance


def get_finished_job(session: Session, job_id: str) -> Job:
    """A job that has results. Raises `NotFoundError`, `JobNotSucceededError`."""
    job = lifecycle.get(session, Job, job_id)
    if job.status is not WorkStatus.SUCCEEDED:
        raise JobNotSucceededError(job.status)
    return job


def get_ranking(session: Session, job_id: str) -> Ranking:
    """The job's ranking. Raises `NotFoundError`, `JobNotSucceededError`."""
    job = get_finished_job(session, job_id)
    return Ranking(job, get_dataset(session, job.dataset_id), read_acceptance(session, job))


def list_results(
    session: Session, ranking: Ranking, wanted: schemas.ResultFilter, cursor: str | None, limit: int
) -> list[tuple[Result, Sample]]:
    """Up to `limit + 1` results, most suspicious first. Raises `InvalidError` for an invalid filter."""
    after_rank = 0 if cursor is None else RESULTS.read(cursor)[0]
    matching = filtered(session, ranking, wanted)
    statement = ordered(session, ranking, wanted, matching, after_rank).limit(limit + 1)
    return [(result, sample) for result, sample in session.execute(statement)]


def get_result(session: Session, ranking: Ranking, sample_id: str) -> tuple[Result, Sample]:
    """One sample's result. Raises `NotFoundError`."""
    row = session.execute(_all(ranking).where(Result.sample_id == int(sample_id))).one_or_none()
    if row is None:
        raise NotFoundError("result for sample", sample_id)
    result, sample = row
    return result, sample


def describe(ranking: Ranking, result: Result, sample: Sample) -> schemas.Result:
    """A result with class names instead of indices."""
    classes, labels = ranking.dataset.class_map, ranking.dataset.class_map.labels
    flagged = result.is_label_issue and not classes.same(result.given, result.suggested)
    soft_label = read_soft_label(result, classes)
    correction = correct(
        given=result.given,
        suggested=result.suggested,
        is_label_issue=flagged,
        confidence=result.confidence,
        min_confidence=ranking.acceptance.min_confidence,
        verdict=sample.verdict,
        settled_label=sample.settled_label,
    )
    return schemas.Result(
        sample_id=str(sample.id),
        file_name=sample.file_name,
        external_id=sample.external_id,
        given_label=labels[result.given],
        suggested_label=labels[result.suggested],
        label_score=result.label_score,
        rank=result.rank,
        is_label_issue=flagged,
        soft_label=soft_label.probabilities,
        soft_label_classes=soft_label.indices,
        verdict=sample.verdict,
        settled_label=classes.name(sample.settled_label),
        corrected_label=classes.name(correction.label),
        corrected_by=correction.by,
    )


def _all(ranking: Ranking) -> Rows:
    return (
        select(Result, Sample)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Result.job_id == ranking.job.id)
    )


def filtered(session: Session, ranking: Ranking, wanted: schemas.ResultFilter) -> Rows:
    """The results that match the filter, unordered. Raises `InvalidError`."""
    refuse_empty_range(wanted.score_min, wanted.score_max)
    classes, statement = ranking.dataset.class_map, _all(ranking)
    if wanted.given is not None:
        index = class_of_field(ranking.dataset, wanted.given, "given")
        statement = statement.where(is_class(Result.given, classes, index))
    if wanted.suggested is not None:
        index = class_of_field(ranking.dataset, wanted.suggested, "suggested")
        statement = statement.where(is_class(Result.suggested, classes, index))
    statement = statement.where(*rank_range(session, ranking.job.id, wanted.score_min, wanted.score_max))
    if wanted.rank_max is not None:
        statement = statement.where(Result.rank <= wanted.rank_max)
    if wanted.issue is not None:
        statement = statement.where(is_issue(classes) if wanted.issue else ~is_issue(classes))
    if wanted.verdict is not None:
        statement = statement.where(DecidedResult.verdict == wanted.verdict)
    if _is_of_decided(wanted):
        is_of_job = DecidedResult.job_id == ranking.job.id
        statement = statement.join(
            DecidedResult, and_(is_of_job, DecidedResult.sample_id == Result.sample_id)
        )
    if wanted.reviewed is False:
        statement = statement.where(Sample.verdict.is_(None))
    if wanted.changed_by_model is not None:
        min_confidence = ranking.acceptance.min_confidence
        statement = statement.where(is_changed(min_confidence, wanted.changed_by_model, classes))
    return statement.where(*conditions_on(ranking.dataset, wanted.metadata, wanted.tag))


def ordered(
    session: Session, ranking: Ranking, wanted: schemas.ResultFilter, rows: Any, after_rank: int
) -> Any:
    """The rows, a select of results and samples, in the order that the filter asks for, those after a rank.

    Raises `InvalidError`.
    """
    if wanted.sort is None:
        rank = (
            DecidedResult.rank if _is_of_decided(wanted) else Result.rank
        )  # of equal ranks, the indexed one
        return rows.where(rank > after_rank).order_by(rank)
    order = read_order(ranking.dataset, wanted.sort, descending=wanted.descending)
    return in_order(session, rows, order, ranking.job.id, after_rank)


def _is_of_decided(wanted: schemas.ResultFilter) -> bool:
    """Whether all results that match have a verdict."""
    return wanted.verdict is not None or wanted.reviewed is True


def refuse_empty_range(score_min: float | None, score_max: float | None) -> None:
    """Raise `InvalidError` when no score lies in the range."""
    if score_min is not None and score_max is not None and score_min > score_max:
        message = "score_min is above score_max: no score is in between."
        raise InvalidError.of_field("score_min", "empty_range", message)
