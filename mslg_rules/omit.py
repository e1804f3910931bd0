"""What an export omits of what is known of each image, if its user wants it to."""

from enum import StrEnum


class ExportPart(StrEnum):
    """Parts that an export can omit."""

    REVIEWERS = "reviewers"
    """Who decided, and when."""
    VERDICTS = "verdicts"
    """What people decided, and how the image was selected for it. Corrected labels stay."""
    COMMENTS = "comments"
    TAGS = "tags"
    SPLITS = "splits"
    """The published splits."""
    METADATA = "metadata"
    """Other columns of the user's tables."""
