"""The one rule by which a sample's corrected label comes about; exports, result pages and counts share it."""

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, or_

from store.models.dataset import Sample
from store.models.result import Result
from store.models.verification import Verdict


class CorrectedBy(StrEnum):
    """Whose word the corrected label is."""

    PERSON = "person"
    MODEL = "model"
    NONE = "none"


class Correction(NamedTuple):
    """`label` is a class index, or None where no class fits the image (unusable, or wrong and not known)."""

    label: int | None
    by: CorrectedBy


def correct(  # noqa: PLR0913 # the rule looks at seven things, all named
    *,
    given: int,
    suggested: int,
    is_label_issue: bool,
    confidence: float,
    min_confidence: float | None,
    verdict: Verdict | None,
    settled_label: int | None,
) -> Correction:
    """A person's word first, then the model's where its job may be trusted, else the given label.

    `min_confidence` is the job's (see `store.auto_accept`): suggestions for flagged samples are taken from
    this `confidence` on; None: none is.
    """
    if settled_label is not None:
        return Correction(settled_label, CorrectedBy.PERSON)
    if verdict in (Verdict.UNUSABLE, Verdict.WRONG_UNKNOWN):
        return Correction(None, CorrectedBy.PERSON)
    if is_label_issue and min_confidence is not None and confidence >= min_confidence:
        return Correction(suggested, CorrectedBy.MODEL)
    return Correction(given, CorrectedBy.NONE)


def is_undecided() -> ColumnElement[bool]:
    """On a `Sample`: whether no person's word decides its corrected label."""
    return or_(Sample.verdict.is_(None), Sample.verdict == Verdict.UNSURE)


def is_corrected_by_model(min_confidence: float | None) -> ColumnElement[bool]:
    """On a `Result` joined with its `Sample`: whether `correct` says `CorrectedBy.MODEL`."""
    if min_confidence is None:
        return false()
    return and_(Result.is_label_issue, Result.confidence >= min_confidence, is_undecided())


def doubtful_first(min_confidence: float | None) -> tuple[ColumnElement[Any], ...]:
    """The order of a ranking for reviewers, on a `Result` joined with its `Sample`: first what is most
    probably wrong as it would be exported.

    A suggestion that is taken already counts by its own probability: by rank, the surest of them came first,
    and decisions on them would change next to nothing (docs/explanation/review.md has the figures).
    """
    if min_confidence is None:
        return (Result.rank.expression,)  # the same, in the order of an index
    probability = case((is_corrected_by_model(min_confidence), Result.confidence), else_=Result.label_score)
    return probability, Result.rank.expression
