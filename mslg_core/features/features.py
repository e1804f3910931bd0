"""Extracts features once, so that only a head has to be trained."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.configs.base import TrainingConfig
from mslg_core.features.backbone import build_extractors, identify_backbone
from mslg_core.features.cache import FeatureCache, digest, load_arrays, save_arrays
from mslg_core.features.choice import Choice, choose, extract_mirrored
from mslg_core.features.extractor import FeatureExtractor
from mslg_core.features.projection import choose_rank, fit_projection

# To be increased when the same images get other features than before.
VERSION = 3
# Images that the projection is fitted to.
FITTED_IMAGES = 10_000
# Augmentation of features: Gaussian noise of this standard deviation. Without it, a head memorises wrong
# labels: on 5,000 CIFAR-10 images with 40 % wrong labels, the ranking's AUROC was 0.82 instead of 0.89.
NOISE = 1.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """Features of N images, and the projection that made them.

    values float32 [N, R]: decorrelated features of mean square 1; mean [D], matrix [D, R]: the projection of
    raw features; choice: what made the raw features.
    """

    values: NDArray[np.float32]
    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]
    choice: Choice

    def pack(self) -> list[NDArray[Any]]:
        """The fields as arrays for a cache."""
        name = np.frombuffer(self.choice.name.encode(), dtype=np.uint8)
        return [self.values, self.mean, self.matrix, np.array([self.choice.mirror]), name]

    @classmethod
    def unpack(cls, arrays: Sequence[NDArray[Any]]) -> Self:
        """The features of `pack`."""
        values, mean, matrix, mirror, name = arrays
        return cls(values, mean, matrix, Choice(name.tobytes().decode(), bool(mirror[0])))


class Features:
    """Extracted features, with the interface of `mslg_core.images.batches.Images`.

    Args: images uint8 [N, side, side, 3] with given labels int64 [N]; config, whose backbone is not `train`;
    device of the features; where features are kept between runs, if anywhere. Raises `WeightsError`.

    Attributes: choice, what the features are made of.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        given: NDArray[np.int64],
        config: TrainingConfig,
        device: torch.device,
        cache: FeatureCache | None = None,
    ) -> None:
        self._images, self._given, self._config, self._device = images, given, config, device
        extracted = self._load_or_extract(cache)
        self.choice = extracted.choice
        self._values = torch.from_numpy(extracted.values).to(device)
        self._mean = torch.from_numpy(extracted.mean).to(device)
        self._matrix = torch.from_numpy(extracted.matrix).to(device)

    @property
    def num_features(self) -> int:
        """R, the number of features per image."""
        return self._values.shape[1]

    def digest(self) -> str:
        """A hash of the projection: a trained head is valid for one projection only."""
        state = hashlib.sha256(f"{self.choice}".encode())
        for values in (self._mean, self._matrix):
            state.update(values.cpu().numpy().tobytes())
        return state.hexdigest()

    def plain(self, index: Tensor) -> Tensor:
        """Features of the images `index` int64 [B], float32 [B, R]."""
        return self._values[index]

    def augmented(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Features with noise from `generator`, which is on the CPU, float32 [B, R]."""
        noise = torch.randn(len(index), self.num_features, generator=generator)
        return self._values[index] + NOISE * noise.to(self._device)

    def transform_new(self, images: NDArray[np.uint8]) -> Tensor:
        """Features [B, R] of images [B, side, side, 3] that are not in the set."""
        return (self._extract(images, self.choice) - self._mean) @ self._matrix

    @cached_property
    def _extractors(self) -> dict[str, FeatureExtractor]:
        """The extractors to choose from, built only if the cache lacks something."""
        return build_extractors(self._config, self._images, self._device)

    def _load_or_extract(self, cache: FeatureCache | None) -> Extracted:
        key = "" if cache is None else digest(self._images, identify(self._config))
        if cache is not None and (arrays := load_arrays(cache, key)):
            return Extracted.unpack(arrays)
        mirror = self._config.horizontal_flip
        choice = choose(self._extractors, self._images, self._given, self._device, mirror)
        found = extract_all(self._images, partial(self._extract, choice=choice), choice)
        if cache is not None:
            save_arrays(cache, key, found.pack())
        return found

    def _extract(self, images: NDArray[np.uint8], choice: Choice) -> Tensor:
        """Raw features [B, D]."""
        extractor = self._extractors[choice.name]
        return extract_mirrored(extractor, images, self._device, mirror=choice.mirror)


def identify(config: TrainingConfig) -> str:
    """Everything that features depend on besides the images. Raises `WeightsError`."""
    return " ".join([str(VERSION), *identify_backbone(config)])


def extract_all(
    images: NDArray[np.uint8], extract: Callable[[NDArray[np.uint8]], Tensor], choice: Choice
) -> Extracted:
    """Extract features from images [N, side, side, 3], which may be mapped from a file.

    Raw features are never all in memory.
    """
    order = np.random.default_rng(0).permutation(len(images))
    fitted, rest = np.sort(order[:FITTED_IMAGES]), np.sort(order[FITTED_IMAGES:])
    raw = extract(images[fitted])
    mean, matrix = fit_projection(raw, choose_rank(len(images)))
    values = np.empty((len(images), matrix.shape[1]), dtype=np.float32)
    values[fitted] = ((raw - mean) @ matrix).cpu().numpy()
    for part in np.array_split(rest, -(-len(rest) // FITTED_IMAGES) or 1):
        if len(part):
            values[part] = ((extract(images[part]) - mean) @ matrix).cpu().numpy()
    return Extracted(values, mean.cpu().numpy(), matrix.cpu().numpy(), choice)
