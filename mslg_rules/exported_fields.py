"""Names of the fields that exports write beside an image, and how a user's columns stand beside them.

A user's column keeps its name unless a field of ours has it, in any case: then `metadata_` goes in front. A
name that begins with the prefix already and would be mistaken for such gets another one. So `from_exported`
returns every name as it was.
"""

PREFIX = "metadata_"

# Fields of `mslg_core.exports.image.describe` and the export table, and those in which formats keep the image
# and its label.
FIELDS = frozenset(
    (
        *("id", "file_name", "original_name", "label", "split", "source_split", "tags", "rank"),
        *("given_label", "predicted_label", "label_score", "is_label_issue", "soft_label"),
        *("corrected_label", "corrected_by", "verdict", "selection", "issues", "duplicate_group"),
        *("reviewers", "decided_at", "comments", "image", "external_id", "confidence", "attributes"),
    )
)


def to_exported(name: str) -> str:
    """The name of a user's column in an export."""
    return PREFIX + name if _bare(name) in FIELDS else name


def from_exported(name: str) -> str | None:
    """The user's name of a field of an export; None if it is one of ours."""
    if _bare(name) not in FIELDS:
        return name
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else None


def _bare(name: str) -> str:
    while name.startswith(PREFIX):
        name = name.removeprefix(PREFIX)
    return name.casefold()
