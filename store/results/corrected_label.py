"""Corrected labels of a job's results, by the rule of `mslg_rules`: row by row, and as SQL for counts."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_

from mslg_rules import corrected_label
from mslg_rules.corrected_label import Correction
from mslg_rules.verdict import Verdict
from store.models.dataset import Sample
from store.models.result import Result


def correct(  # noqa: PLR0913 # the rule looks at seven things, all named
    *,
    given: int,
    suggested: int,
    is_label_issue: bool,
    confidence: float,
    min_confidence: float | None,
    verdict: Verdict | None,
    settled_label: int | None,
) -> Correction[int]:
    """A person's word first, then the model's where its job may be trusted, else the given label.

    `min_confidence` is the job's (see `store.results.auto_accept`): suggestions for flagged samples are taken
    from this `confidence` on; None: none is.
    """
    accepts = is_label_issue and min_confidence is not None and confidence >= min_confidence
    accepted = suggested if accepts else None
    return corrected_label.correct(given, accepted=accepted, verdict=verdict, settled=settled_label)


def is_undecided() -> ColumnElement[bool]:
    """On a `Sample`: whether no person's word decides its corrected label."""
    return or_(Sample.verdict.is_(None), Sample.verdict == Verdict.UNSURE)


def is_corrected_by_model(min_confidence: float | None) -> ColumnElement[bool]:
    """On a `Result` joined with its `Sample`: whether `correct` says `CorrectedBy.MODEL`."""
    if min_confidence is None:
        return false()
    return and_(Result.is_label_issue, Result.confidence >= min_confidence, is_undecided())


def least_certain_first(min_confidence: float | None) -> tuple[ColumnElement[Any], ...]:
    """The order of a ranking for reviewers, on a `Result` joined with its `Sample`: first what is most
    probably wrong as it would be exported.

    A suggestion that is taken already counts by its own probability: by rank, the surest of them came first,
    and decisions on them would change next to nothing (docs/explanation/review.md has the figures).
    """
    if min_confidence is None:
        return (Result.rank.expression,)  # the same, in the order of an index
    probability = case((is_corrected_by_model(min_confidence), Result.confidence), else_=Result.label_score)
    return probability, Result.rank.expression
