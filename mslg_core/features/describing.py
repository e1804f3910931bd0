"""Describes images: decodes them, extracts their raw features and drops the pixels, a chunk at a time.

Memory does not depend on the number of images. With a cache, images are described once: a run that was
killed repeats at most one chunk, and images that were added later cost only themselves.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mslg_core.features.cache import FeatureCache
from mslg_core.features.chunks import Chunks, Rows, discard_chunks, join_rows, save_chunk
from mslg_core.features.extractors import Extractor
from mslg_core.images.sources import ImageSource, Indices
from mslg_core.reports import DescribingReport

# Images per chunk: what a run that is killed repeats. A multiple of the images per block.
CHUNK = 512


class Measurer(Protocol):
    """Measures decoded images, each by itself. Its results are kept beside their features."""

    @property
    def identity(self) -> str:
        """Equal for measurers that give equal results."""

    def measure(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The measures [n, M] of images [n, side, side, 3]."""


@dataclass(frozen=True, slots=True)
class Describing:
    """What happens while images are described: progress is reported after every block of images, and
    `measurer`, if given, sees the pixels of every image.
    """

    report: Callable[[DescribingReport], None] = lambda _: None
    measurer: Measurer | None = None

    @property
    def identity(self) -> str:
        """Names the measurer: what is kept was measured by one."""
        return "" if self.measurer is None else f" {self.measurer.identity}"

    def measure(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The measures [n, M] of images [n, side, side, 3]."""
        if self.measurer is None:
            return np.empty((len(pixels), 0), dtype=np.float32)
        return self.measurer.measure(pixels)


class Describer:
    """Describes the images of a source with one extractor. With a cache, the results are kept there."""

    def __init__(
        self,
        source: ImageSource,
        extractor: Extractor,
        cache: FeatureCache | None = None,
        describing: Describing | None = None,
    ) -> None:
        self._source, self._extractor = source, extractor
        self._describing = describing or Describing()
        self._cache, self._identity = cache, extractor.identity + self._describing.identity
        self._progress = _Progress(source.shape[0], self._describing.report)

    def describe(self, index: Indices) -> Iterator[tuple[Indices, Rows]]:
        """Describe the images at the positions `index` int64 [n], increasing. Yields a part of the positions
        and their rows, until all have been described.

        Raises `DamagedImagesError` after all readable images.
        """
        missing = [index]
        if self._cache is not None:
            missing = []
            yield from self._load(Chunks(self._cache, self._identity), index, missing)
        yield from self._describe(np.sort(np.concatenate(missing)))

    def collect(self, index: Indices) -> Rows:
        """The rows of the images `index`, increasing: few of them. Raises `DamagedImagesError`."""
        parts = list(self.describe(index))
        order = np.argsort(np.concatenate([part for part, _ in parts]))
        return join_rows([rows for _, rows in parts]).take(order)

    def discard(self) -> None:
        """Delete what the cache keeps."""
        if self._cache is not None:
            discard_chunks(self._cache, self._identity)

    def _load(self, chunks: Chunks, index: Indices, missing: list[Indices]) -> Iterator[tuple[Indices, Rows]]:
        """Yield what has been kept, chunk by chunk, and add the other positions to `missing`."""
        places = chunks.find(self._source.contents[index])
        missing.append(index[places.chunk < 0])
        for chunk in np.unique(places.chunk[places.chunk >= 0]).tolist():
            here = np.flatnonzero(places.chunk == chunk)
            rows = chunks.load(chunk)
            if rows is None:
                missing.append(index[here])
                continue
            self._progress.skip(len(here))
            yield index[here], rows.take(places.row[here])

    def _describe(self, index: Indices) -> Iterator[tuple[Indices, Rows]]:
        """Decode and describe; each chunk is kept before it is yielded."""
        self._progress.start()
        parts: list[tuple[Indices, Rows]] = []
        for block in self._source.blocks(index, self._extractor.side):
            if len(block.positions):
                rows = Rows(self._extractor.extract(block.pixels), self._describing.measure(block.pixels))
                parts.append((block.positions, rows))
            self._progress.add(len(block.positions))
            if sum(len(part) for part, _ in parts) >= CHUNK:
                yield self._keep(parts)
                parts = []
        if parts:
            yield self._keep(parts)

    def _keep(self, parts: list[tuple[Indices, Rows]]) -> tuple[Indices, Rows]:
        index, rows = np.concatenate([part for part, _ in parts]), join_rows([rows for _, rows in parts])
        if self._cache is not None:
            save_chunk(self._cache, self._identity, self._source.contents[index], rows)
        return index, rows


class _Progress:
    """Counts the images of one extractor, and the seconds that describing them takes."""

    def __init__(self, total: int, report: Callable[[DescribingReport], None]) -> None:
        self._total, self._report = total, report
        self._done = self._described = 0
        self._seconds, self._since = 0.0, time.monotonic()

    def start(self) -> None:
        """Describing begins."""
        self._since = time.monotonic()

    def skip(self, count: int) -> None:
        """Some images were described before."""
        self._done += count

    def add(self, count: int) -> None:
        """Report that some images have been described since the last call or the start."""
        now = time.monotonic()
        self._seconds, self._since = self._seconds + now - self._since, now
        self._done, self._described = min(self._total, self._done + count), self._described + count
        rate = self._described / max(self._seconds, 1e-9)
        self._report(
            DescribingReport(
                done=self._done,
                total=self._total,
                images_per_second=rate,
                eta_seconds=(self._total - self._done) / max(rate, 1e-9),
            )
        )
