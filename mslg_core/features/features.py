"""Extracts features once, so that only a head has to be trained."""

import hashlib
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import TrainingConfig
from mslg_core.features.backbone import build_extractor, identify_backbone
from mslg_core.features.cache import FeatureCache, load_arrays, save_arrays
from mslg_core.features.chunks import Raw
from mslg_core.features.extraction import AnyMeasurer, Extraction, Hooks, discard
from mslg_core.features.extractor import FeatureExtractor, split
from mslg_core.features.patch_features import is_of_patches
from mslg_core.features.ridge_loo import leave_one_out
from mslg_core.images.batches import EVAL_BATCH
from mslg_core.images.sources import AnyImages, as_source

# To be increased when the same images get other features than before.
VERSION = 2
# A head with more features than a tenth of the images memorises wrong labels: on 1,000 CIFAR-10 images with
# 40 % wrong labels, the ranking's AUROC was 0.80 with 128 features and 0.69 with 512.
MAX_FEATURES, MIN_FEATURES = 512, 32
IMAGES_PER_FEATURE = 10
# Images that the projection is fitted to, and that decide about mirror images.
FITTED_IMAGES = 10_000
COMPARED_IMAGES = 2_000
# Augmentation of features: Gaussian noise of this standard deviation. Without it, a head memorises wrong
# labels: on 5,000 CIFAR-10 images with 40 % wrong labels, the ranking's AUROC was 0.82 instead of 0.89.
NOISE = 1.0


class Extracted(NamedTuple):
    """Features of N images, and the projection that made them.

    values float32 [N, R]: decorrelated features of mean square 1; mean [D], matrix [D, R]: the projection of
    raw features; mirror: whether raw features are averaged over each image and its mirror image; measures
    float32 [N, M], what was measured on the pixels.
    """

    values: NDArray[np.float32]
    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]
    mirror: bool
    measures: NDArray[np.float32]


class Features:
    """Extracted features, with the interface of `mslg_core.images.batches.Images`.

    Args: images uint8 [N, side, side, 3], or their source, which is decoded chunk by chunk; given labels
    int64 [N]; config, whose backbone is `frozen` or `patches`; device of the features; where features are
    kept between runs, if anywhere; what else happens while features are extracted. Raises `WeightsError`,
    `DamagedImagesError`.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what features depend on, where they are kept
        self,
        images: AnyImages,
        given: NDArray[np.int64],
        config: TrainingConfig,
        device: torch.device,
        cache: FeatureCache | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        self._source, self._given = as_source(images), given
        self._config, self.device = config, device
        self._cache, self._hooks = cache, hooks or Hooks()
        extracted = self._load() or self._extract()
        self._mirror, self.measures = extracted.mirror, extracted.measures
        self._values = torch.from_numpy(extracted.values).to(device)
        self._mean = torch.from_numpy(extracted.mean).to(device)
        self._matrix = torch.from_numpy(extracted.matrix).to(device)

    @property
    def num_features(self) -> int:
        """R, the number of features per image."""
        return self._values.shape[1]

    @property
    def evaluation_batch(self) -> int:
        """How many samples to evaluate at a time."""
        return EVAL_BATCH

    def digest(self) -> str:
        """A hash of the projection: a trained head is valid for one projection only."""
        state = hashlib.sha256(str(self._mirror).encode())
        for values in (self._mean, self._matrix):
            state.update(values.cpu().numpy().tobytes())
        return state.hexdigest()

    def plain(self, index: Tensor) -> Tensor:
        """Features of the images `index` int64 [B], float32 [B, R]."""
        return self._values[index]

    def augmented(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Features with noise from `generator`, float32 [B, R]."""
        shape = len(index), self.num_features
        noise = torch.randn(shape, generator=generator, device=generator.device)
        return self._values[index] + NOISE * noise.to(self.device)

    def transform_new(self, images: NDArray[np.uint8]) -> Tensor:
        """Features [B, R] of images [B, side, side, 3] that are not in the set."""
        parts = [part.extract(images) for part in split(self._extractor, mirror=self._mirror)]
        raw = torch.from_numpy(np.concatenate(parts, axis=1)).to(self.device)
        return (raw - self._mean) @ self._matrix

    @cached_property
    def _extractor(self) -> FeatureExtractor:
        """Built only if the cache lacks something."""
        return build_extractor(self._config, self._source, self.device)

    @property
    def _key(self) -> str:
        """Of the fitted features: names the images and everything else that these depend on."""
        state = hashlib.sha256(f"{identify(self._config)} {self._source.shape}".encode())
        state.update(self._hooks.measurer.identity.encode() if self._hooks.measurer else b"")
        state.update(self._source.contents.tobytes())
        return f"fitted/{state.hexdigest()}"

    def _load(self) -> Extracted | None:
        """The fitted features that an earlier run kept, or None."""
        arrays = None if self._cache is None else load_arrays(self._cache, self._key)
        if arrays is None:
            return None
        values, mean, matrix, mirror, measures = arrays
        return Extracted(values, mean, matrix, bool(mirror), measures)

    def _extract(self) -> Extracted:
        mirror = self._config.horizontal_flip
        if mirror is None:
            mirror = self._choose_mirror()
        found = self._fit(mirror=mirror)
        if self._cache is not None:
            mirrored = np.array([mirror], dtype=np.float32)
            save_arrays(self._cache, self._key, (*found[:3], mirrored, found.measures))
            self._discard_patches(self._cache)
        return found

    def _choose_mirror(self) -> bool:
        """Whether features averaged with the mirror images' predict given labels better.

        They do not if left and right matter, as in letters.
        """
        order = np.random.default_rng(0).permutation(self._source.shape[0])
        chosen = np.sort(order[:COMPARED_IMAGES])
        labels = torch.from_numpy(self._given[chosen]).to(self.device)
        plain, averaged = (
            self._join(self._extraction(mirror=mirror).collect(chosen)) for mirror in (False, True)
        )
        return held_out_accuracy(averaged, labels) > held_out_accuracy(plain, labels)

    def _fit(self, *, mirror: bool) -> Extracted:
        """Extract the raw features of all images and project them; they are never all in memory.

        The projection is fitted to a sample of bounded size.
        """
        extraction, num_images = self._extraction(mirror=mirror), self._source.shape[0]
        order = np.random.default_rng(0).permutation(num_images)
        fitted, rest = np.sort(order[:FITTED_IMAGES]), np.sort(order[FITTED_IMAGES:])
        found = extraction.collect(fitted)
        raw = self._join(found)
        mean, matrix = fit_projection(raw, choose_rank(num_images))
        values = np.empty((num_images, matrix.shape[1]), dtype=np.float32)
        measures = np.empty((num_images, self._measures(found).shape[1]), dtype=np.float32)
        values[fitted], measures[fitted] = ((raw - mean) @ matrix).cpu().numpy(), self._measures(found)
        for index, found in extraction.extract(rest):
            values[index] = ((self._join(found) - mean) @ matrix).cpu().numpy()
            measures[index] = self._measures(found)
        return Extracted(values, mean.cpu().numpy(), matrix.cpu().numpy(), mirror, measures)

    def _extraction(self, *, mirror: bool) -> Extraction:
        measurer = self._hooks.measurer
        parts: list[AnyMeasurer] = [*split(self._extractor, mirror=mirror)]
        if measurer:
            parts.append(measurer)
        return Extraction(self._source, parts, self._cache, self._hooks.report)

    def _join(self, found: list[Raw]) -> Tensor:
        """The raw features [n, D] on the device."""
        features = found[:-1] if self._hooks.measurer else found
        return torch.from_numpy(np.concatenate(features, axis=1)).to(self.device)

    def _measures(self, found: list[Raw]) -> Raw:
        """The measures [n, M]; M = 0 without a measurer."""
        return found[-1] if self._hooks.measurer else np.empty((len(found[0]), 0), dtype=np.float32)

    def _discard_patches(self, cache: FeatureCache) -> None:
        """Delete the raw features that no other set of images shares."""
        for mirror in (False, True):
            for part in split(self._extractor, mirror=mirror):
                if is_of_patches(part):
                    discard(cache, part, self._source)


@torch.inference_mode()
def held_out_accuracy(features: Tensor, labels: Tensor) -> float:
    """Leave-one-out accuracy of ridge regression from `features` [n, D] to `labels` int64 [n]."""
    mean, matrix = fit_projection(features, choose_rank(len(features)))
    weights = torch.ones(len(labels), device=features.device)
    predicted = leave_one_out((features - mean) @ matrix, F.one_hot(labels).float(), weights, penalty=1.0)
    return float((predicted.argmax(dim=1) == labels).float().mean())


def identify(config: TrainingConfig) -> str:
    """Everything that features depend on besides the images. Raises `WeightsError`."""
    return " ".join([str(VERSION), *identify_backbone(config)])


def choose_rank(num_images: int) -> int:
    """The number of features for this many images."""
    return int(np.clip(num_images // IMAGES_PER_FEATURE, MIN_FEATURES, MAX_FEATURES))


def fit_projection(raw: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The projection of features [n, D] to their leading principal axes: mean [D] and matrix [D, R].

    Features are standardised first. R is `rank`, or less if there are fewer axes. The axes are half whitened,
    divided by the fourth root of their variance, so that the many axes of small variance count, but less than
    the others.
    """
    mean, spread = raw.mean(dim=0), raw.std(dim=0)
    scale = 1 / (spread + 1e-3 * spread.mean() + 1e-12)
    rank = min(rank, *raw.shape)
    with torch.random.fork_rng(devices=[]):  # svd_lowrank draws from the global generator
        torch.manual_seed(0)
        _, lengths, axes = torch.svd_lowrank((raw - mean) * scale, q=rank)
    kept = lengths.clamp_min(1e-4 * float(lengths[0]) + 1e-12)
    # Column r of the projection has mean square length² / (n · kept): scaled to 1 on average.
    norm = (lengths.square() / kept).mean().div(len(raw)).clamp_min(1e-12)
    return mean, scale.unsqueeze(1) * axes * (kept * norm).rsqrt()
