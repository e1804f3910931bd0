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

OPEN = (Verdict.WRONG_UNKNOWN, Verdict.UNSURE, Verdict.UNUSABLE)
"""Verdicts that name no class."""

UPLOADED = (*SETTLING, *OPEN)
"""Verdicts of tables of verified labels."""


def find_mismatch(label: str | None, verdict: str | None) -> tuple[str, str] | None:
    """Code and message if label and verdict of a row (None if absent) do not go together; else None."""
    if verdict is not None and verdict not in UPLOADED:
        message = f"The verdict must be {', '.join(UPLOADED)} or empty."
        return "bad_verdict", message
    if label is None and verdict in (None, Verdict.WRONG):
        return "label_missing", "The label is missing: fill it in, or use the verdict wrong_unknown."
    if label is not None and verdict in OPEN:
        message = f"The verdict {verdict} takes no label: leave it empty, or use wrong with the right label."
        return "label_not_expected", message
    return None
