"""Extracts raw features: decodes images, extracts what they show and drops the pixels, a block at a time.

Memory does not depend on the number of images. With a cache, this is done once: a run that was killed
repeats at most one chunk, and images that were added later cost only themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from mslg_core.features.cache import FeatureCache
from mslg_core.features.chunks import Chunks, Places, Raw, discard_chunks, save_chunk
from mslg_core.features.extraction_progress import ExtractionProgress
from mslg_core.features.extractor import FeatureExtractor
from mslg_core.images.decoders import BLOCK, Block
from mslg_core.images.sources import ImageSource, Indices
from mslg_core.reports import ExtractionReport

# Images per chunk: what a run that is killed repeats. A multiple of the images per block.
CHUNK = 512


class Identified(Protocol):
    """A measurer or a feature extractor."""

    @property
    def identity(self) -> str:
        """Equal for those that give equal results."""


@runtime_checkable
class Measurer(Identified, Protocol):
    """Measures images, each by itself, by more than their pixels at one side."""

    def measure(self, block: Block) -> Raw:
        """The results [n, D] for the images of `block`."""


AnyMeasurer = FeatureExtractor | Measurer


@dataclass(frozen=True, slots=True)
class Hooks:
    """What else happens while features are extracted.

    report: called after every block of images. measurer: sees the pixels of every image once; its results are
    kept as features are, and `Features.measures` has them.
    """

    report: Callable[[ExtractionReport], None] = lambda _: None
    measurer: Measurer | None = None


class Found(NamedTuple):
    """Images at their positions int64 [n], and for every measurer what it found: float32 [n, D]."""

    positions: Indices
    found: list[Raw]


class Extraction:
    """Extracts features of a source's images with several measurers. With a cache, they are kept there."""

    def __init__(
        self,
        source: ImageSource,
        measurers: Sequence[AnyMeasurer],
        cache: FeatureCache | None = None,
        report: Callable[[ExtractionReport], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._parts = [_Part(measurer, source, cache) for measurer in measurers]
        self._progress = ExtractionProgress(source.shape[0], report)

    def extract(self, index: Indices) -> Iterator[Found]:
        """Extract the features of the images `index` int64 [n], increasing, a part of them at a time.

        Raises `DamagedImagesError` after all readable images.
        """
        known = np.all([part.find(index).chunk >= 0 for part in self._parts], axis=0)
        missing = [index[~known]]
        for positions in self._in_chunks(index[known]):
            found = [part.load(positions) for part in self._parts]
            if any(features is None for features in found):
                missing.append(positions)
            else:
                self._progress.skip(len(positions))
                yield Found(positions, [features for features in found if features is not None])
        yield from self._extract(np.sort(np.concatenate(missing)))

    def collect(self, index: Indices) -> list[Raw]:
        """What every measurer finds in the images `index`, increasing, few of them: float32 [n, D] each.

        Raises `DamagedImagesError`.
        """
        parts = list(self.extract(index))
        order = np.argsort(np.concatenate([part.positions for part in parts]))
        return [np.concatenate(found)[order] for found in zip(*(part.found for part in parts), strict=True)]

    def _in_chunks(self, index: Indices) -> Iterator[Indices]:
        """The positions `index`, a block at a time, so that each chunk of the first measurer is read once."""
        order = np.argsort(self._parts[0].find(index).chunk, kind="stable")
        for start in range(0, len(index), BLOCK):
            yield index[order[start : start + BLOCK]]

    def _extract(self, index: Indices) -> Iterator[Found]:
        """Decode the images and find what is not known yet."""
        self._progress.start()
        for block in self._source.blocks(index):
            if len(block.positions):
                yield Found(block.positions, [part.extract(block) for part in self._parts])
            self._progress.add(len(block.positions))
        for part in self._parts:
            part.keep()


class _Part:
    """One measurer, with what it has found in earlier runs and in this one."""

    def __init__(self, measurer: AnyMeasurer, source: ImageSource, cache: FeatureCache | None) -> None:
        self._measurer, self._source, self._cache = measurer, source, cache
        self._identity = name_chunks(measurer, source)
        self._chunks = None if cache is None else Chunks(cache, self._identity)
        self._new: list[tuple[Indices, Raw]] = []

    def find(self, index: Indices) -> Places:
        """Where the images `index` are kept."""
        if self._chunks is None:
            return Places(np.full(len(index), -1), np.zeros(len(index), dtype=np.int64))
        return self._chunks.find(self._source.contents[index])

    def load(self, index: Indices) -> Raw | None:
        """What is kept of the images `index`, at least one and all known; None if it is damaged."""
        return None if self._chunks is None else self._chunks.load(self.find(index))

    def extract(self, block: Block) -> Raw:
        """What the images of `block` show. New results are kept, chunk by chunk."""
        known = self.find(block.positions).chunk >= 0
        if not known.any():
            return self._extract(block)
        old = self.load(block.positions[known])
        if old is None:
            return self.extract(block)
        if known.all():
            return old
        new = self._extract(block.take(~known))
        found = np.empty((len(known), new.shape[1]), dtype=np.float32)
        found[known], found[~known] = old, new
        return found

    def keep(self) -> None:
        """Write what has not been written yet."""
        if self._new and self._cache is not None:
            contents = self._source.contents[np.concatenate([index for index, _ in self._new])]
            save_chunk(self._cache, self._identity, contents, np.concatenate([raw for _, raw in self._new]))
        self._new = []

    def _extract(self, block: Block) -> Raw:
        found = _measure(self._measurer, block)
        if self._cache is not None:
            self._new.append((block.positions, found))
            if sum(len(part) for part, _ in self._new) >= CHUNK:
                self.keep()
        return found


def _measure(measurer: AnyMeasurer, block: Block) -> Raw:
    return measurer.measure(block) if isinstance(measurer, Measurer) else measurer.extract(block.pixels)


def discard(cache: FeatureCache, measurer: Identified, source: ImageSource) -> None:
    """Delete what is kept of the measurer."""
    discard_chunks(cache, name_chunks(measurer, source))


def name_chunks(measurer: Identified, source: ImageSource) -> str:
    """Names the chunks of a measurer: its results depend on how images are decoded, too."""
    return f"{measurer.identity} of {source.decoding}"
