"""Finds bad images by CleanVision's scores and thresholds (cleanvision 0.3.7, Apache-2.0). Low = bad."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.images.properties import Properties
from mslg_rules.issue_kind import IssueKind

MAX_DARK, MAX_LIGHT = 0.32, 0.05
MAX_BLURRY, BLUR_RATE, MIN_TONES = 0.29, 0.01, 0.18
MAX_ENTROPY, ENTROPY_RATE = 0.3, 0.1
MAX_ASPECT_RATIO = 0.35
# Sizes further from the middle half than this many times its width are odd.
SIZE_RANGES = 3.0

Scores = NDArray[np.float64]


class Scored(NamedTuple):
    """scores float64 [N], 0..1, low = bad; samples with less than `threshold` are issues."""

    scores: Scores
    threshold: float


def score_images(properties: Properties) -> dict[IssueKind, Scored]:
    """The scores of images with `properties` [N]."""
    width, height = (properties[name].astype(np.float64) for name in ("width", "height"))
    return {
        IssueKind.DARK: Scored(properties["brightness_99"].astype(np.float64), MAX_DARK),
        IssueKind.LIGHT: Scored(1 - properties["brightness_5"].astype(np.float64), MAX_LIGHT),
        IssueKind.BLURRY: Scored(_score_blur(properties), MAX_BLURRY),
        IssueKind.LOW_INFORMATION: Scored(np.minimum(ENTROPY_RATE * properties["entropy"], 1), MAX_ENTROPY),
        IssueKind.ODD_SIZE: _score_size(np.sqrt(width * height)),
        IssueKind.ODD_ASPECT_RATIO: Scored(np.minimum(width / height, height / width), MAX_ASPECT_RATIO),
    }


def _score_blur(properties: Properties) -> Scores:
    """Low for images with weak edges, unless the grey tones are so few that edges must be."""
    edges, tones = (
        1 - np.exp(-BLUR_RATE * properties[name].astype(np.float64))
        for name in ("edge_deviation", "histogram_deviation")
    )
    return np.asarray(np.minimum(edges + np.where(tones <= MIN_TONES, 0, tones), 1))


def _score_size(size: Scores) -> Scored:
    """Low for sizes [N] far from the middle of those that the dataset has."""
    low, high = np.percentile(size, [25, 75])
    middle, allowed = (low + high) / 2, (1 + 2 * SIZE_RANGES) * (high - low)
    if allowed == 0:
        return Scored(1 - np.minimum(np.abs(size - middle) / middle, 1), 1.0)
    return Scored(1 - np.minimum(np.abs(size - middle) / allowed, 1), 0.5)
