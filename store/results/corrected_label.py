"""Corrected labels of a job's results by the rule in `mslg_rules`: for one row, and in SQL for counts."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, literal, not_, null, or_

from mslg_rules import corrected_label
from mslg_rules.class_map import ClassMap
from mslg_rules.corrected_label import CorrectedBy, Correction
from mslg_rules.verdict import Verdict
from store.models.dataset import Sample
from store.models.result import Result
from store.results.class_reading import is_issue
from store.results.result_counts import is_undecided


def correct(  # noqa: PLR0913 # the rule has seven inputs, all named
    *,
    given: int | None,
    suggested: int | None,
    is_label_issue: bool,
    confidence: float,
    min_confidence: float | None,
    verdict: Verdict | None,
    settled_label: int | None,
) -> Correction[int]:
    """The reviewers' label, else an accepted suggestion, else the given label.

    Suggestions for flagged samples are accepted if `confidence` is at least the job's `min_confidence` (see
    `store.results.auto_accept`); None: none is.
    """
    accepts = is_label_issue and min_confidence is not None and confidence >= min_confidence
    accepted = suggested if accepts else None
    return corrected_label.correct(given, accepted=accepted, verdict=verdict, settled=settled_label)


def is_corrected_by_model(min_confidence: float | None, classes: ClassMap) -> ColumnElement[bool]:
    """On a `Result` joined with its `Sample`: whether `correct` returns `CorrectedBy.MODEL`."""
    if min_confidence is None:
        return false()
    return and_(is_issue(classes), Result.confidence >= min_confidence, is_undecided())


def corrected_class(min_confidence: float | None, classes: ClassMap) -> ColumnElement[int | None]:
    """On a `Result` joined with its `Sample`: the label that `correct` returns."""
    return case(
        (Sample.settled_label.is_not(None), Sample.settled_label),
        (_has_no_label(), null()),
        (is_corrected_by_model(min_confidence, classes), Result.suggested),
        else_=Result.given,
    )


def corrected_by(min_confidence: float | None, classes: ClassMap) -> ColumnElement[str]:
    """The same for who decided the label, as in `CorrectedBy`."""
    return case(
        (or_(Sample.settled_label.is_not(None), _has_no_label()), literal(CorrectedBy.PERSON.value)),
        (is_corrected_by_model(min_confidence, classes), literal(CorrectedBy.MODEL.value)),
        else_=literal(CorrectedBy.NONE.value),
    )


def _has_no_label() -> ColumnElement[bool]:
    return Sample.verdict.in_(corrected_label.UNLABELLED)


def is_changed(min_confidence: float | None, wanted: bool, classes: ClassMap) -> ColumnElement[bool]:
    """The same as a filter: whether `is_corrected_by_model` equals `wanted`."""
    condition = is_corrected_by_model(min_confidence, classes)
    return condition if wanted else not_(condition)


def least_certain_first(min_confidence: float | None, classes: ClassMap) -> tuple[ColumnElement[Any], ...]:
    """The order in which a ranking is reviewed, on a `Result` joined with its `Sample`: the corrected label
    that is most probably wrong comes first.

    An accepted suggestion counts by its own probability. By rank, the most confident ones would come first,
    and decisions on them would hardly change the export (docs/explanation/review.md has the figures).
    """
    if min_confidence is None:
        return (Result.rank.expression,)  # the same order, from an index
    accepted = is_corrected_by_model(min_confidence, classes)
    probability = case((accepted, Result.confidence), else_=Result.label_score)
    return probability, Result.rank.expression
