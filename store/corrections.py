"""The one rule by which a sample's corrected label comes about; exports and result pages share it."""

from enum import StrEnum
from typing import NamedTuple

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


def correct(  # noqa: PLR0913 # the rule looks at six things, all named
    *,
    given: int,
    suggested: int,
    is_label_issue: bool,
    auto_accept: bool,
    verdict: Verdict | None,
    settled_label: int | None,
) -> Correction:
    """A person's word first, then the model's where its job may be trusted, else the given label.

    `auto_accept` is the job's: whether applying its suggestions helped on the hold-out.
    """
    if settled_label is not None:
        return Correction(settled_label, CorrectedBy.PERSON)
    if verdict in (Verdict.UNUSABLE, Verdict.WRONG_UNKNOWN):
        return Correction(None, CorrectedBy.PERSON)
    if auto_accept and is_label_issue:
        return Correction(suggested, CorrectedBy.MODEL)
    return Correction(given, CorrectedBy.NONE)
