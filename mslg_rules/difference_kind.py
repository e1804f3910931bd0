"""What may be different about an image in two versions of a dataset."""

from enum import StrEnum


class DifferenceKind(StrEnum):
    """A kind of difference. An image may have several."""

    ADDED = "added"
    REMOVED = "removed"
    CONTENT = "content"
    """Its file has other content."""
    GIVEN_LABEL = "given_label"
    DECISION = "decision"
    """People decided otherwise: another verdict, or another class."""
    SUGGESTION = "suggestion"
    """The corrected label is another one, because other suggestions are accepted."""
