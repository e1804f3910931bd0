"""Which label an export gives a sample: a person's, else an accepted suggestion, else the given one."""

from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from mslg_rules.verdict import Verdict

Label = TypeVar("Label", int, str)


class CorrectedBy(StrEnum):
    """Who decided the corrected label."""

    PERSON = "person"
    MODEL = "model"
    NONE = "none"


class Correction(NamedTuple, Generic[Label]):
    """`label` is None where the image is unusable, or its label wrong with no right one known."""

    label: Label | None
    by: CorrectedBy


def correct(
    given: Label, *, accepted: Label | None, verdict: Verdict | None, settled: Label | None
) -> Correction[Label]:
    """The corrected label. `accepted` is the suggestion where it is accepted, `settled` the settled class."""
    if settled is not None:
        return Correction(settled, CorrectedBy.PERSON)
    if verdict in (Verdict.UNUSABLE, Verdict.WRONG_UNKNOWN):
        return Correction(None, CorrectedBy.PERSON)
    if accepted is not None:
        return Correction(accepted, CorrectedBy.MODEL)
    return Correction(given, CorrectedBy.NONE)
