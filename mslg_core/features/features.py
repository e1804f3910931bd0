"""Extracts features once, so that only a head has to be trained."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import Backbone, TrainingConfig
from mslg_core.features.cache import FeatureCache, digest, load_arrays, save_arrays
from mslg_core.features.patch_features import PatchBank
from mslg_core.features.pretrained import FrozenNetwork, identify_weights
from mslg_core.features.ridge_loo import leave_one_out
from mslg_core.images.training_set import NO_LABEL

# To be increased when the same images get other features than before.
VERSION = 2
# A head with more features than a tenth of the images memorises wrong labels: on 1,000 CIFAR-10 images with
# 40 % wrong labels, the ranking's AUROC was 0.80 with 128 features and 0.69 with 512.
MAX_FEATURES, MIN_FEATURES = 512, 32
IMAGES_PER_FEATURE = 10
# Images that the projection is fitted to, and that decide about mirror images.
FITTED_IMAGES = 10_000
COMPARED_IMAGES = 2_000
# A small batch fits into a CPU's cache: with 100 images at a time each took six times as long as with 16.
BATCH = {"cpu": 16, "cuda": 256}
# Augmentation of features: Gaussian noise of this standard deviation. Without it, a head memorises wrong
# labels: on 5,000 CIFAR-10 images with 40 % wrong labels, the ranking's AUROC was 0.82 instead of 0.89.
NOISE = 1.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """Features of N images, and the projection that made them.

    values float32 [N, R]: decorrelated features of mean square 1; mean [D], matrix [D, R]: the projection of
    raw features; mirror: whether raw features are averaged over each image and its mirror image.
    """

    values: NDArray[np.float32]
    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]
    mirror: bool


class Features:
    """Extracted features, with the interface of `mslg_core.images.batches.Images`.

    Args: images uint8 [N, side, side, 3] with given labels int64 [N]; config, whose backbone is `frozen` or
    `patches`; device of the features; where features are kept between runs, if anywhere. Raises
    `WeightsError`.
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
        self._mirror = extracted.mirror
        self._values = torch.from_numpy(extracted.values).to(device)
        self._mean = torch.from_numpy(extracted.mean).to(device)
        self._matrix = torch.from_numpy(extracted.matrix).to(device)

    @property
    def num_features(self) -> int:
        """R, the number of features per image."""
        return self._values.shape[1]

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
        """Features with noise from `generator`, which is on the CPU, float32 [B, R]."""
        noise = torch.randn(len(index), self.num_features, generator=generator)
        return self._values[index] + NOISE * noise.to(self._device)

    def transform_new(self, images: NDArray[np.uint8]) -> Tensor:
        """Features [B, R] of images [B, side, side, 3] that are not in the set."""
        return (self._extract(images, mirror=self._mirror) - self._mean) @ self._matrix

    @cached_property
    def _embedder(self) -> nn.Module:
        """The feature extractor, built only if the cache lacks something."""
        patches = self._config.backbone is Backbone.PATCHES
        embedder = PatchBank(self._images) if patches else FrozenNetwork(self._config)
        return embedder.to(self._device)

    def _load_or_extract(self, cache: FeatureCache | None) -> Extracted:
        key = "" if cache is None else digest(self._images, identify(self._config))
        if cache is not None and (arrays := load_arrays(cache, key)):
            values, mean, matrix, mirror_flag = arrays
            return Extracted(values, mean, matrix, mirror=bool(mirror_flag))
        mirror = self._config.horizontal_flip
        if mirror is None:
            mirror = self._choose_mirror()
        found = extract_all(self._images, partial(self._extract, mirror=mirror), mirror=mirror)
        if cache is not None:
            save_arrays(
                cache, key, (found.values, found.mean, found.matrix, np.array([mirror], dtype=np.float32))
            )
        return found

    def _choose_mirror(self) -> bool:
        """Whether features averaged with the mirror images' predict given labels better.

        They do not if left and right matter, as in letters.
        """
        order = np.random.default_rng(0).permutation(len(self._images))
        chosen = np.sort(order[self._given[order] != NO_LABEL][:COMPARED_IMAGES])
        plain, mirrored = self._extract_both(self._images[chosen])
        labels = torch.from_numpy(self._given[chosen]).to(self._device)
        return held_out_accuracy((plain + mirrored) / 2, labels) > held_out_accuracy(plain, labels)

    def _extract(self, images: NDArray[np.uint8], *, mirror: bool) -> Tensor:
        """Raw features [B, D]."""
        if not mirror:
            return self._embed(images)
        plain, mirrored = self._extract_both(images)
        return (plain + mirrored) / 2

    def _extract_both(self, images: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
        """Raw features [B, D] of the images and of their mirror images."""
        return self._embed(images), self._embed(images[:, :, ::-1])

    @torch.inference_mode()
    def _embed(self, images: NDArray[np.uint8]) -> Tensor:
        """Raw features [B, D] of the images without mirroring."""
        size = BATCH[self._device.type]
        parts = []
        for start in range(0, len(images), size):
            part = torch.from_numpy(np.ascontiguousarray(images[start : start + size])).to(self._device)
            parts.append(self._embedder(part.permute(0, 3, 1, 2)))
        return torch.cat(parts)


@torch.inference_mode()
def held_out_accuracy(features: Tensor, labels: Tensor) -> float:
    """Leave-one-out accuracy of ridge regression from `features` [n, D] to `labels` int64 [n]."""
    mean, matrix = fit_projection(features, choose_rank(len(features)))
    weights = torch.ones(len(labels), device=features.device)
    predicted = leave_one_out((features - mean) @ matrix, F.one_hot(labels).float(), weights, penalty=1.0)
    return float((predicted.argmax(dim=1) == labels).float().mean())


def identify(config: TrainingConfig) -> str:
    """Everything that features depend on besides the images. Raises `WeightsError`."""
    parts = [str(VERSION), str(config.backbone), str(config.horizontal_flip)]
    if config.backbone is Backbone.FROZEN:
        parts += [config.network.value, identify_weights(config), str(config.image_size)]
    return " ".join(parts)


def extract_all(
    images: NDArray[np.uint8], extract: Callable[[NDArray[np.uint8]], Tensor], *, mirror: bool
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
    return Extracted(values, mean.cpu().numpy(), matrix.cpu().numpy(), mirror)


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
