"""Which images an export leaves out, if its user wants it to."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from mslg_rules.issue_kind import IssueKind

OUTLIERS = (IssueKind.OUTLIER, IssueKind.OUT_OF_DISTRIBUTION)


class LeaveOut(StrEnum):
    """Images that an export can leave out."""

    DUPLICATES = "duplicates"
    """All but one of each group of duplicates."""
    OUTLIERS = "outliers"
    """Images that fit no class, and those that look like another dataset."""
    UNUSABLE = "unusable"
    """Images that a person found unusable, or that cannot be read."""


class Candidate(NamedTuple):
    """An image that may be left out: kinds of its issues; number of its group of duplicates; whether a person
    settled its class; whether it is unusable.
    """

    kinds: Collection[str] = ()
    group: int | None = None
    is_settled: bool = False
    is_unusable: bool = False


def find_left_out(candidates: Mapping[int, Candidate], wanted: Collection[LeaveOut]) -> set[int]:
    """Keys of the images that are left out.

    Of each group of duplicates the first image stays whose class is settled, else the first, among those that
    are not left out otherwise.
    """
    left_out = {key for key, image in candidates.items() if _is_left_out(image, wanted)}
    if LeaveOut.DUPLICATES not in wanted:
        return left_out
    members = {
        key: image for key, image in candidates.items() if image.group is not None and key not in left_out
    }
    kept: dict[int | None, int] = {}
    for key in sorted(members, key=lambda key: not members[key].is_settled):
        kept.setdefault(members[key].group, key)
    return left_out | (members.keys() - kept.values())


def _is_left_out(image: Candidate, wanted: Collection[LeaveOut]) -> bool:
    """Whether the image is left out for what it is itself."""
    if LeaveOut.UNUSABLE in wanted and image.is_unusable:
        return True
    return LeaveOut.OUTLIERS in wanted and any(kind in OUTLIERS for kind in image.kinds)
