"""Chooses the features that predict given labels best, each label from the other samples'."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.features.extractor import FeatureExtractor, split
from mslg_core.features.projection import choose_rank, fit_projection
from mslg_core.features.ridge_loo import leave_one_out
from mslg_core.images.sources import AnyImages, as_source, gather
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


def choose(
    candidates: Mapping[str, FeatureExtractor],
    images: AnyImages,
    given: NDArray[np.int64],
    device: torch.device,
    mirror: bool | None,
) -> Choice:
    """The extractor whose features predict given labels int64 [N] best, and whether mirror images help.

    They do not if left and right matter, as in letters. Among equals the first candidate wins. Args: images
    [N, side, side, 3], or their source; mirror: whether mirror images are used, None if that is open. Raises
    `DamagedImagesError`.
    """
    if len(candidates) == 1 and mirror is not None:
        return Choice(next(iter(candidates)), mirror)
    order = np.random.default_rng(0).permutation(len(given))
    order = order[given[order] != NO_LABEL]
    chosen = np.sort(order[:COMPARED_IMAGES])
    pixels = gather(as_source(images), chosen)
    labels = torch.from_numpy(given[chosen]).to(device)
    accuracies: dict[Choice, float] = {}
    for name, extractor in candidates.items():
        for mirrored in (False, True) if mirror is None else (mirror,):
            features = extract_mirrored(extractor, pixels, device, mirror=mirrored)
            accuracies[Choice(name, mirrored)] = held_out_accuracy(features, labels)
    return max(accuracies, key=accuracies.__getitem__)


def extract_mirrored(
    extractor: FeatureExtractor, images: NDArray[np.uint8], device: torch.device, *, mirror: bool
) -> Tensor:
    """Raw features [B, D], averaged over each image and its mirror image if `mirror`."""
    parts = [part.extract(images) for part in split(extractor, mirror=mirror)]
    return torch.from_numpy(np.concatenate(parts, axis=1)).to(device)


@torch.inference_mode()
def held_out_accuracy(features: Tensor, labels: Tensor) -> float:
    """Leave-one-out accuracy of ridge regression from `features` [n, D] to `labels` int64 [n]."""
    mean, matrix = fit_projection(features, choose_rank(len(features)))
    weights = torch.ones(len(labels), device=features.device)
    predicted = leave_one_out((features - mean) @ matrix, F.one_hot(labels).float(), weights, penalty=1.0)
    return float((predicted.argmax(dim=1) == labels).float().mean())
