"""Which suggestions of a job are accepted: as the run decided, or as a policy says.

`AutoAccept` rows are append-only; the newest counts. `store.results.corrected_label` applies it to labels.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_rules.holdout import Split
from mslg_rules.verdict import Verdict
from store.database.class_columns import same_class
from store.models.acceptance import AcceptanceKind, AutoAccept
from store.models.dataset import Sample
from store.models.job import Job
from store.models.result import DecidedResult, Result
from store.results.class_reading import is_issue, read_class_map


class AcceptSource(StrEnum):
    """What decides which suggestions are accepted."""

    BUDGET = "budget"
    """An error budget that a person chose."""
    RUN = "run"
    """The run itself: its suggestions passed the test on the verified set."""
    NONE = "none"


class Acceptance(NamedTuple):
    """Suggestions for flagged samples are accepted from `min_confidence` on; None: none is.
    `decision` is the row that decided it, None if there is no row.
    """

    source: AcceptSource
    min_confidence: float | None
    decision: AutoAccept | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Suggestions that an error budget may accept: given, suggested int64 [n], confidence float64 [n], of the
    flagged samples that no reviewer decided.
    """

    given: NDArray[np.int64]
    suggested: NDArray[np.int64]
    confidence: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HoldoutFlags:
    """Flagged samples of the hold-out: confidence float64 [h] of the suggestion, right bool [h]. `size`: all
    samples of the hold-out.
    """

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    size: int


def read_acceptance(session: Session, job: Job) -> Acceptance:
    """The acceptance in effect."""
    decision = newest_acceptance(session, job.id)
    if decision is not None:
        return Acceptance(_source(decision), decision.min_confidence, decision)
    if (job.summary or {}).get("auto_accept", False):
        return Acceptance(AcceptSource.RUN, 0.0)
    return Acceptance(AcceptSource.NONE, None)


def newest_acceptance(session: Session, job_id: str) -> AutoAccept | None:
    """The row that counts for the job; None if nothing was ever chosen for it."""
    of_job = select(AutoAccept).where(AutoAccept.job_id == job_id)
    return session.scalar(of_job.order_by(AutoAccept.id.desc()).limit(1))


def _source(decision: AutoAccept) -> AcceptSource:
    if decision.kind is AcceptanceKind.BUDGET:
        return AcceptSource.BUDGET
    return AcceptSource.NONE if decision.min_confidence is None else AcceptSource.RUN


def read_candidates(session: Session, job_id: str) -> Candidates:
    """The job's present candidates, with classes as they are read now. An index has all of it but who was
    decided or removed, and these are few.
    """
    import pyarrow as pa  # here: it takes long to load

    from store.database.bulk_read import read_batches

    labels = read_class_map(session, job_id)
    decided = select(DecidedResult.sample_id).where(
        DecidedResult.job_id == job_id, DecidedResult.verdict != Verdict.UNSURE
    )
    removed = select(Sample.id).join(Job, Job.dataset_id == Sample.dataset_id).where(Job.id == job_id)
    statement = select(Result.given, Result.suggested, Result.confidence).where(
        Result.job_id == job_id,
        is_issue(labels),
        Result.sample_id.not_in(decided),
        Result.sample_id.not_in(removed.where(Sample.removed_at.is_not(None))),
    )
    columns = [("given", pa.int32()), ("suggested", pa.int32()), ("confidence", pa.float64())]
    table = pa.Table.from_batches(read_batches(session, statement), pa.schema(columns))
    given, suggested, confidence = (column.to_numpy() for column in table.columns)
    read = np.array([labels.read(index) for index in range(len(labels.names))], dtype=np.int64)
    return Candidates(read[given], read[suggested], confidence)


def read_holdout_flags(session: Session, job_id: str) -> HoldoutFlags:
    """The job's suggestions for flagged samples of the hold-out, compared with the settled classes."""
    classes = read_class_map(session, job_id)
    is_right = same_class(Result.suggested, Sample.settled_label, classes)
    rows = session.execute(
        select(Result.confidence, is_right, is_issue(classes))
        .join(Sample, Sample.id == Result.sample_id)
        .where(
            Result.job_id == job_id,
            Sample.split == Split.HOLDOUT,
            Sample.settled_label.is_not(None),
        )
        .order_by(Result.sample_id)
    ).all()
    flagged = [row for row in rows if row[2]]
    return HoldoutFlags(
        np.array([row[0] for row in flagged], dtype=np.float64),
        np.array([row[1] for row in flagged], dtype=np.bool_),
        len(rows),
    )
