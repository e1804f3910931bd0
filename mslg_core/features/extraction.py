"""Extracts raw features: decodes images, extracts what they show and drops the pixels, a block at a time.

Memory does not depend on the number of images. With a cache, this is done once: a run that was killed
repeats at most one chunk, and images that were added later cost only themselves.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mslg_core.configs.base import TrainingConfig
from mslg_core.features.cache import FeatureCache
from mslg_core.features.choice import Choice
from mslg_core.features.chunks import Chunks, Places, Raw, discard_chunks, save_chunk
from mslg_core.features.extractor import FeatureExtractor
from mslg_core.images.decoders import BLOCK, Block
from mslg_core.images.sources import Contents, ImageSource, Indices
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


class Missing(NamedTuple):
    """Features that a run is about to extract.

    config, with the backbone; the choices whose features are missing, several while the run compares them;
    bank: the key of the filters of patch features; positions int64 [n] of the images, in the order of
    extraction.
    """

    config: TrainingConfig
    choices: list[Choice]
    bank: str
    positions: Indices


@dataclass(frozen=True, slots=True)
class Hooks:
    """What else happens while features are extracted.

    report: called after every block of images. measurer: sees the pixels of every image once; its results are
    kept as features are, and `Features.measures` has them. hand_over: called before features are extracted
    into a cache; it may raise in order to have `mslg_core.features.elsewhere` extract them first.
    """

    report: Callable[[ExtractionReport], None] = lambda _: None
    measurer: Measurer | None = None
    hand_over: Callable[[Missing], None] | None = None


class Found(NamedTuple):
    """Images at their positions int64 [n], and for every measurer what it found: float32 [n, D]."""

    positions: Indices
    found: list[Raw]


class Extraction:
    """Extracts features of a source's images with several measurers. With a cache, they are kept there.

    only: the contents of the chunks to look for in the cache (default: all that it holds).
    """

    def __init__(
        self,
        source: ImageSource,
        measurers: Sequence[AnyMeasurer],
        cache: FeatureCache | None = None,
        report: Callable[[ExtractionReport], None] = lambda _: None,
        only: Sequence[Contents] | None = None,
    ) -> None:
        self._source = source
        self._parts = [_Part(measurer, source, cache, only) for measurer in measurers]
        self._progress = _Progress(source.shape[0], report)

    def extract(self, index: Indices) -> Iterator[Found]:
        """Extract the features of the images `index` int64 [n], increasing, a part of them at a time.

        Raises `DamagedImagesError` after all readable images.
        """
        known = self._known(index)
        missing = [index[~known]]
        for positions in self._in_chunks(index[known]):
            found = [part.load(positions) for part in self._parts]
            if any(features is None for features in found):
                missing.append(positions)
            else:
                self._progress.skip(len(positions))
                yield Found(positions, [features for features in found if features is not None])
        yield from self._extract(np.sort(np.concatenate(missing)))

    def missing(self, index: Indices) -> Indices:
        """Those of the images `index` that some measurer has not seen."""
        return index[~self._known(index)]

    def _known(self, index: Indices) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = np.all([part.find(index).chunk >= 0 for part in self._parts], axis=0)
        return known

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

    def __init__(
        self,
        measurer: AnyMeasurer,
        source: ImageSource,
        cache: FeatureCache | None,
        only: Sequence[Contents] | None,
    ) -> None:
        self._measurer, self._source, self._cache = measurer, source, cache
        self._identity = name_chunks(measurer, source)
        self._chunks = None if cache is None else Chunks(cache, self._identity, only)
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


class _Progress:
    """Counts images, of `total`, and the seconds that they take."""

    def __init__(self, total: int, report: Callable[[ExtractionReport], None]) -> None:
        self._total, self._report = total, report
        self._done = self._extracted = 0
        self._seconds, self._since = 0.0, time.monotonic()

    def start(self) -> None:
        """The extraction begins or continues."""
        self._since = time.monotonic()

    def skip(self, count: int) -> None:
        """The features of some images were known."""
        self._done += count

    def add(self, count: int) -> None:
        """Report that the features of some images have been extracted since the last call or the start."""
        now = time.monotonic()
        self._seconds, self._since = self._seconds + now - self._since, now
        self._done, self._extracted = min(self._total, self._done + count), self._extracted + count
        rate = self._extracted / max(self._seconds, 1e-9)
        left = (self._total - self._done) / rate if rate else 0.0
        self._report(
            ExtractionReport(done=self._done, total=self._total, images_per_second=rate, eta_seconds=left)
        )


def with_measurer(extractors: Iterable[FeatureExtractor], hooks: Hooks) -> list[AnyMeasurer]:
    """The extractors, and last the measurer if anything is measured."""
    return [*extractors, *([hooks.measurer] if hooks.measurer else [])]


def _measure(measurer: AnyMeasurer, block: Block) -> Raw:
    return measurer.measure(block) if isinstance(measurer, Measurer) else measurer.extract(block.pixels)


def discard(cache: FeatureCache, measurer: Identified, source: ImageSource) -> None:
    """Delete what is kept of the measurer."""
    discard_chunks(cache, name_chunks(measurer, source))


def name_chunks(measurer: Identified, source: ImageSource) -> str:
    """Names the chunks of a measurer: its results depend on how images are decoded, too."""
    return f"{measurer.identity} of {source.decoding}"
