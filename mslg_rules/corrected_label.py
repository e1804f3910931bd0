"""The label that an export gives a sample: a reviewer's, else an accepted suggestion, else the given one."""

from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from mslg_rules.verdict import Verdict

Label = TypeVar("Label", int, str)

UNLABELLED = (Verdict.UNUSABLE, Verdict.WRONG_UNKNOWN)
"""Verdicts that leave a sample without a corrected label."""


class CorrectedBy(StrEnum):
    """Who decided the corrected label."""

    PERSON = "person"
    MODEL = "model"
    NONE = "none"


class Correction(NamedTuple, Generic[Label]):
    """`label` is None for an unusable image, for a wrong label whose right class is not known, and for an
    image that is not settled and has no given label.
    """

    label: Label | None
    by: CorrectedBy


def correct(
    given: Label | None, *, accepted: Label | None, verdict: Verdict | None, settled: Label | None
) -> Correction[Label]:
    """The corrected label. `accepted` is the suggestion if it is accepted, `settled` the settled class."""
    if settled is not None:
        return Correction(settled, CorrectedBy.PERSON)
    if verdict in UNLABELLED:
        return Correction(None, CorrectedBy.PERSON)
    if accepted is not None:
        return Correction(accepted, CorrectedBy.MODEL)
    return Correction(given, CorrectedBy.NONE)
