"""What a person finds about the label of one sample."""

from enum import StrEnum


class Verdict(StrEnum):
    """One person's decision on one sample. `WITHDRAWN` takes back that person's earlier decision."""

    CORRECT = "correct"
    WRONG = "wrong"
    WRONG_UNKNOWN = "wrong_unknown"
    UNSURE = "unsure"
    UNUSABLE = "unusable"
    WITHDRAWN = "withdrawn"

    @property
    def settles(self) -> bool:
        """Whether the true class is known afterwards."""
        return self in (Verdict.CORRECT, Verdict.WRONG)
