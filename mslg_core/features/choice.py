"""Chooses the features that predict given labels best, each label from the other samples'."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.features.extractor import FeatureExtractor, split
from mslg_core.features.projection import choose_rank, fit_projection
from mslg_core.features.ridge_loo import PENALTIES, leave_one_out
from mslg_core.images.training_set import NO_LABEL

# Images that decide.
COMPARED_IMAGES = 2_000
# Their number with their mirror images.
REMEMBERED = 2 * COMPARED_IMAGES


class Choice(NamedTuple):
    """The name of the chosen extractor, and whether its features are averaged over each image and its mirror
    image.
    """

    name: str
    mirror: bool


class Remembering:
    """An extractor that remembers the first images that it sees, those that decide, so that their features
    are computed once.
    """

    def __init__(self, extractor: FeatureExtractor) -> None:
        self._extractor = extractor
        self._known: dict[bytes, NDArray[np.float32]] = {}

    @property
    def identity(self) -> str:
        """See `FeatureExtractor`."""
        return self._extractor.identity

    @property
    def side(self) -> int:
        """See `FeatureExtractor`."""
        return self._extractor.side

    def extract(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `FeatureExtractor`."""
        keys = [hashlib.sha256(np.ascontiguousarray(image).data).digest() for image in pixels]
        missing = [index for index, key in enumerate(keys) if key not in self._known]
        computed = self._extractor.extract(pixels[missing]) if missing else ()
        found = dict(zip((keys[index] for index in missing), computed, strict=True))
        features = np.stack([self._known[key] if key in self._known else found[key] for key in keys])
        if len(self._known) < REMEMBERED:
            self._known |= found
        return features


def list_choices(names: Iterable[str], mirror: bool | None) -> list[Choice]:
    """All choices among extractors with these names. mirror: whether mirror images are used, None if that is
    open.
    """
    return [Choice(name, each) for name in names for each in ((False, True) if mirror is None else (mirror,))]


def parts_of(
    extractors: Mapping[str, FeatureExtractor], choices: Iterable[Choice]
) -> dict[str, FeatureExtractor]:
    """The extractors that the choices need, by identity, each once."""
    parts = (part for choice in choices for part in split(extractors[choice.name], mirror=choice.mirror))
    return {part.identity: part for part in parts}


def draw_sample(given: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of the images that decide, increasing: none without a given label. given int64 [N]."""
    order = np.random.default_rng(0).permutation(len(given))
    return np.sort(order[given[order] != NO_LABEL][:COMPARED_IMAGES])


def choose(features: Mapping[Choice, Tensor], labels: Tensor) -> Choice:
    """The choice whose raw features [n, D] predict given labels int64 [n] best; among equals the first.

    Mirror images do not help if left and right matter, as in letters.
    """
    errors = {choice: held_out_error(raw, labels) for choice, raw in features.items()}
    return min(errors, key=errors.__getitem__)


@torch.inference_mode()
def held_out_error(features: Tensor, labels: Tensor) -> float:
    """Leave-one-out squared error of ridge regression from `features` [n, D] to `labels` int64 [n].

    With the penalty that predicts best. The share of labels predicted right would tell less: it jumps with
    every sample between two classes, see docs/decisions/0032-choice-by-squared-error.md.
    """
    labels = torch.unique(labels, return_inverse=True)[1]  # the sample may lack most of many classes
    mean, matrix = fit_projection(features, choose_rank(len(features)))
    inputs, targets = (features - mean) @ matrix, F.one_hot(labels).float()
    weights = torch.ones(len(labels), device=features.device)
    predicted = (leave_one_out(inputs, targets, weights, penalty) for penalty in PENALTIES)
    return min(float((found - targets).square().sum(dim=1).mean()) for found in predicted)
