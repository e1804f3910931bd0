"""A reviewer's verdict about the label of one sample."""

from enum import StrEnum


class Verdict(StrEnum):
    """One reviewer's verdict on one sample. `WITHDRAWN` withdraws that reviewer's earlier decision."""

    CORRECT = "correct"
    WRONG = "wrong"
    WRONG_UNKNOWN = "wrong_unknown"
    UNSURE = "unsure"
    UNUSABLE = "unusable"
    WITHDRAWN = "withdrawn"

    @property
    def settles(self) -> bool:
        """Whether the true class is known afterwards."""
        return self in SETTLING


SETTLING = (Verdict.CORRECT, Verdict.WRONG)
"""Verdicts after which the true class is known."""
