"""Extracts features once, so that only a head has to be trained."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mslg_core.configs.base import TrainingConfig
from mslg_core.features.backbone import build_extractors, identify_backbone
from mslg_core.features.cache import FeatureCache, load_arrays, save_arrays
from mslg_core.features.choice import Choice, choose, draw_sample, list_choices, parts_of
from mslg_core.features.chunks import Raw
from mslg_core.features.extraction import Extraction, Hooks, Missing, discard, with_measurer
from mslg_core.features.extractor import FeatureExtractor, split
from mslg_core.features.patch_features import bank_key, is_of_patches, patch_extractor
from mslg_core.features.projection import choose_rank, fit_projection
from mslg_core.images.batches import EVAL_BATCH
from mslg_core.images.sources import AnyImages, Indices, as_source

# To be increased when the same images get other features than before.
VERSION = 4
# Images that the projection is fitted to.
FITTED_IMAGES = 10_000
# Augmentation of features: Gaussian noise of this standard deviation. Without it, a head memorises wrong
# labels: on 5,000 CIFAR-10 images with 40 % wrong labels, the ranking's AUROC was 0.82 instead of 0.89.
NOISE = 1.0


@dataclass(frozen=True, slots=True)
class Extracted:
    """Features of N images, and the projection that made them.

    values float32 [N, R]: decorrelated features of mean square 1; mean [D], matrix [D, R]: the projection of
    raw features; choice: what made the raw features; measures float32 [N, M], what was measured on the
    pixels.
    """

    values: NDArray[np.float32]
    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]
    choice: Choice
    measures: NDArray[np.float32]

    def pack(self) -> list[NDArray[Any]]:
        """The fields as arrays for a cache."""
        name = np.frombuffer(self.choice.name.encode(), dtype=np.uint8)
        return [self.values, self.mean, self.matrix, np.array([self.choice.mirror]), name, self.measures]

    @classmethod
    def unpack(cls, arrays: Sequence[NDArray[Any]]) -> Self:
        """The features of `pack`."""
        values, mean, matrix, mirror, name, measures = arrays
        return cls(values, mean, matrix, Choice(name.tobytes().decode(), bool(mirror[0])), measures)


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
        self.choice, self.measures = extracted.choice, extracted.measures
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
        state = hashlib.sha256(f"{self.choice}".encode())
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
        parts = [part.extract(images) for part in self._split(self.choice)]
        raw = torch.from_numpy(np.concatenate(parts, axis=1)).to(self.device)
        return (raw - self._mean) @ self._matrix

    @cached_property
    def _extractors(self) -> dict[str, FeatureExtractor]:
        """The extractors to choose from, built only if the cache lacks something."""
        make_patches = partial(patch_extractor, self._source, self.device, self._cache)
        return build_extractors(self._config, self._source, self.device, make_patches)

    @property
    def _key(self) -> str:
        """Of the fitted features: names the images and everything else that these depend on."""
        state = hashlib.sha256(
            f"{identify(self._config, self.device)} {self._source.shape} {self._source.decoding}".encode()
        )
        state.update(self._hooks.measurer.identity.encode() if self._hooks.measurer else b"")
        state.update(self._source.contents.tobytes())
        return f"fitted/{state.hexdigest()}"

    def _load(self) -> Extracted | None:
        """The fitted features that an earlier run kept, or None."""
        arrays = None if self._cache is None else load_arrays(self._cache, self._key)
        if arrays is None:
            return None
        return Extracted.unpack(arrays)

    def _extract(self) -> Extracted:
        found = self._fit(self._choose())
        if self._cache is not None:
            save_arrays(self._cache, self._key, found.pack())
            self._discard_patches(self._cache)
        return found

    def _choose(self) -> Choice:
        """The features that predict given labels best, of a sample of the images."""
        choices = list_choices(self._extractors, self._config.horizontal_flip)
        if len(choices) == 1:
            return choices[0]
        sample = draw_sample(self._given)
        parts = parts_of(self._extractors, choices)
        extraction = self._extraction(parts.values())
        self._hand_over(choices, extraction, sample)
        raw, _ = self._divide(extraction.collect(sample))
        found = dict(zip(parts, raw, strict=True))
        features = {
            choice: self._join([found[part.identity] for part in self._split(choice)]) for choice in choices
        }
        return choose(features, torch.from_numpy(self._given[sample]).to(self.device))

    def _fit(self, choice: Choice) -> Extracted:
        """Extract the raw features of all images and project them; they are never all in memory.

        The projection is fitted to a sample of bounded size.
        """
        extraction, num_images = self._extraction(self._split(choice)), self._source.shape[0]
        order = np.random.default_rng(0).permutation(num_images)
        fitted, rest = np.sort(order[:FITTED_IMAGES]), np.sort(order[FITTED_IMAGES:])
        self._hand_over([choice], extraction, fitted, rest)
        found, measured = self._divide(extraction.collect(fitted))
        raw = self._join(found)
        mean, matrix = fit_projection(raw, choose_rank(num_images))
        values = np.empty((num_images, matrix.shape[1]), dtype=np.float32)
        measures = np.empty((num_images, measured.shape[1]), dtype=np.float32)
        values[fitted], measures[fitted] = ((raw - mean) @ matrix).cpu().numpy(), measured
        for index, part in extraction.extract(rest):
            found, measures[index] = self._divide(part)
            values[index] = ((self._join(found) - mean) @ matrix).cpu().numpy()
        return Extracted(values, mean.cpu().numpy(), matrix.cpu().numpy(), choice, measures)

    def _hand_over(self, choices: list[Choice], extraction: Extraction, *parts: Indices) -> None:
        """Offer the images of `parts` whose features are missing to the hook."""
        if self._hooks.hand_over is not None and self._cache is not None:
            missing = np.concatenate([extraction.missing(index) for index in parts])
            if len(missing):
                bank = bank_key(self._source)
                self._hooks.hand_over(Missing(self._config, choices, bank, missing))

    def _extraction(self, extractors: Iterable[FeatureExtractor]) -> Extraction:
        """Extracts these features, and measures last if anything is measured."""
        parts = with_measurer(extractors, self._hooks)
        return Extraction(self._source, parts, self._cache, self._hooks.report)

    def _split(self, choice: Choice) -> list[FeatureExtractor]:
        return split(self._extractors[choice.name], mirror=choice.mirror)

    def _divide(self, found: list[Raw]) -> tuple[list[Raw], Raw]:
        """The raw features of every extractor, and the measures [n, M], M = 0 if nothing is measured."""
        if self._hooks.measurer is None:
            return found, np.empty((len(found[0]), 0), dtype=np.float32)
        return found[:-1], found[-1]

    def _join(self, parts: Sequence[Raw]) -> Tensor:
        """Raw features [n, D] of several extractors, side by side on the device."""
        return torch.from_numpy(np.concatenate(parts, axis=1)).to(self.device)

    def _discard_patches(self, cache: FeatureCache) -> None:
        """Delete the raw features that no other set of images shares."""
        for choice in list_choices(self._extractors, None):
            for part in self._split(choice):
                if is_of_patches(part):
                    discard(cache, part, self._source)


def identify(config: TrainingConfig, device: torch.device) -> str:
    """Everything that features depend on besides the images. Raises `WeightsError`."""
    return " ".join([str(VERSION), *identify_backbone(config, device)])
