"""Kinds of issues that a job finds besides label errors."""

from enum import StrEnum


class IssueKind(StrEnum):
    """What may be wrong with an image. The names are CleanVision's and cleanlab's where they have one."""

    EXACT_DUPLICATE = "exact_duplicate"
    """The same file as another sample's."""
    NEAR_DUPLICATE = "near_duplicate"
    """The same picture as another sample's: recompressed, resized or slightly cropped."""
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    """An exact or near duplicate in a group whose labels disagree."""
    OUTLIER = "outlier"
    """Far from every class, and from other images too: no class may fit."""
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    """Far from every class, but close to others that are: images of another dataset."""
    DARK = "dark"
    LIGHT = "light"
    """Too bright."""
    BLURRY = "blurry"
    LOW_INFORMATION = "low_information"
    """Empty or nearly so."""
    ODD_SIZE = "odd_size"
    ODD_ASPECT_RATIO = "odd_aspect_ratio"


DUPLICATES = (IssueKind.EXACT_DUPLICATE, IssueKind.NEAR_DUPLICATE)
"""Every member of a group of duplicates has an issue of exactly one of these kinds."""
