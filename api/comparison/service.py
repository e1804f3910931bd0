"""Compares two jobs of one dataset."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Integer, select, type_coerce
from sqlalchemy.orm import Session, aliased

from api.comparison import schemas
from api.errors import InvalidError
from api.results.schemas import Result as ResultBody
from api.results.service import Ranking, describe
from mslg_core.reports import HoldoutFigures
from store.database.class_columns import as_class
from store.models import Job, Result, Sample
from store.results.class_reading import is_issue

TOPS = (10, 100, 1_000, 10_000)
NUM_MOVED_UP = 12

Ints = NDArray[np.int64]


class Pairs(NamedTuple):
    """The n samples that both jobs ranked. Each column is [2, n]: job a, then job b."""

    rank: Ints
    suggested: Ints
    flagged: NDArray[np.bool_]


def compare(session: Session, a: Ranking, b: Ranking) -> schemas.Comparison:
    """What changed from a to b. Raises `InvalidError` unless they are two jobs of one dataset."""
    _require_comparable(a, b)
    pairs = _read_pairs(session, a, b)
    flagged_a, flagged_b = pairs.flagged
    return schemas.Comparison(
        a=_figures(a.job),
        b=_figures(b.job),
        samples=len(flagged_a),
        flagged_by_both=int((flagged_a & flagged_b).sum()),
        flagged_by_a_only=int((flagged_a & ~flagged_b).sum()),
        flagged_by_b_only=int((~flagged_a & flagged_b).sum()),
        suggestions_changed=int((pairs.suggested[0] != pairs.suggested[1]).sum()),
        rank_correlation=correlate_ranks(*pairs.rank),
        top=[
            schemas.TopOverlap(k=k, shared=int((pairs.rank <= k).all(axis=0).sum()))
            for k in TOPS
            if k < len(flagged_a)
        ],
        newly_suspicious=_list_moved_up(session, a, b),
    )


def correlate_ranks(a: Ints, b: Ints) -> float | None:
    """Spearman correlation of two rankings of the same n samples, [n] each without ties; None for n < 2.

    Ranks may have gaps where the other job left samples out.
    """
    n = len(a)
    if n < 2:
        return None
    distance = (a.argsort().argsort() - b.argsort().argsort()).astype(np.float64)
    return float(1 - 6 * (distance**2).sum() / (n * (n**2 - 1)))


def _require_comparable(a: Ranking, b: Ranking) -> None:
    if a.job.id == b.job.id:
        message = "Both ids name the same job: choose another job to compare it with."
        raise InvalidError.of_field("with", "same_job", message)
    if a.dataset.id != b.dataset.id:
        message = "The two jobs are of different datasets: choose two jobs of the same dataset."
        raise InvalidError.of_field("with", "other_dataset", message)


def _read_pairs(session: Session, a: Ranking, b: Ranking) -> Pairs:
    first, second = _read_columns(session, a), _read_columns(session, b)
    _, in_first, in_second = np.intersect1d(first[0], second[0], assume_unique=True, return_indices=True)
    rank, suggested, flagged = np.stack([first[1:, in_first], second[1:, in_second]], axis=1)
    return Pairs(rank, suggested, flagged.astype(bool))


def _read_columns(session: Session, ranking: Ranking) -> Ints:
    """Sample ids, ranks, suggestions and flags (0 or 1) of one job, int64 [4, N]."""
    classes = ranking.dataset.class_map
    suggested = as_class(Result.suggested, classes)
    rows = session.execute(
        select(Result.sample_id, Result.rank, suggested, type_coerce(is_issue(classes), Integer))
        .where(Result.job_id == ranking.job.id)
        .order_by(Result.sample_id)  # primary key order, the order on disk
    ).all()
    return np.fromiter((value for row in rows for value in row), dtype=np.int64).reshape(-1, 4).T


def _figures(job: Job) -> schemas.JobFigures:
    summary = job.summary or {}
    holdout = HoldoutFigures.model_validate(summary["holdout"])
    return schemas.JobFigures(
        id=job.id,
        name=job.name,
        method=job.config["method"],
        num_issues=summary["num_issues"],
        verified=holdout.verified,
        given_accuracy=holdout.given_accuracy,
        suggestion_accuracy=holdout.suggestion_accuracy,
        corrected_accuracy=holdout.corrected_accuracy,
    )


def _list_moved_up(session: Session, a: Ranking, b: Ranking) -> list[ResultBody]:
    before = aliased(Result)
    moved_up = before.rank - Result.rank
    statement = (
        select(Result, Sample)
        .join(Sample, Sample.id == Result.sample_id)
        .join(before, before.sample_id == Result.sample_id)
        .where(
            Result.job_id == b.job.id,
            before.job_id == a.job.id,
            is_issue(b.dataset.class_map),
            Sample.verdict.is_(None),
            moved_up > 0,
        )
        .order_by(moved_up.desc(), Result.rank)
        .limit(NUM_MOVED_UP)
    )
    return [describe(b, result, sample) for result, sample in session.execute(statement)]
