"""Keeps the raw features of images in chunks, found by the content of the images.

    raw/<extractor>/<chunk>/features    the features of its images, and what was measured on their pixels
    raw/<extractor>/<chunk>/contents    the digests of its images, written last: they make the chunk valid

Both names are digests, so two workers that describe the same images write the same chunk.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.features.cache import FeatureCache, load_arrays, save_arrays
from mslg_core.images.sources import DIGEST, Contents


class Rows(NamedTuple):
    """What is kept of n images: features float32 [n, D]; measures float32 [n, M], M = 0 if none."""

    features: NDArray[np.float32]
    measures: NDArray[np.float32]

    def take(self, rows: NDArray[np.int64]) -> "Rows":
        """Those of some images."""
        return Rows(self.features[rows], self.measures[rows])


def join_rows(parts: Sequence[Rows]) -> Rows:
    """All rows, one part after the other."""
    return Rows(
        np.concatenate([part.features for part in parts]), np.concatenate([part.measures for part in parts])
    )


class Places(NamedTuple):
    """Where images are kept: number of the chunk int64 [n], -1 if nowhere, and row in it int64 [n]."""

    chunk: NDArray[np.int64]
    row: NDArray[np.int64]


class Chunks:
    """The chunks that one extractor, named by `identity`, has written into `cache`."""

    def __init__(self, cache: FeatureCache, identity: str) -> None:
        self._cache = cache
        self._names: list[str] = []
        self._contents = [np.empty(0, dtype=DIGEST)]
        for key in sorted(cache.names(_folder(identity))):
            if key.endswith("/contents"):
                self._add(key.removesuffix("/contents"), cache.load(key) or b"")
        self._sort()

    def find(self, contents: Contents) -> Places:
        """Where images with these contents [n] are kept."""
        if not len(self._sorted):
            return Places(np.full(len(contents), -1), np.zeros(len(contents), dtype=np.int64))
        position = np.minimum(np.searchsorted(self._sorted, contents), len(self._sorted) - 1)
        places = self._order[position]
        known = self._sorted[position] == contents
        return Places(np.where(known, self._chunk[places], -1), self._row[places])

    def load(self, chunk: int) -> Rows | None:
        """The images of a chunk, or None if it is damaged or has vanished."""
        arrays = load_arrays(self._cache, f"{self._names[chunk]}/features")
        if arrays is None or len(arrays) != 2 or len(arrays[0]) != len(self._contents[chunk + 1]):
            return None
        return Rows(*arrays)

    def _add(self, name: str, digests: bytes) -> None:
        if digests and len(digests) % DIGEST.itemsize == 0:
            self._names.append(name)
            self._contents.append(np.frombuffer(digests, dtype=DIGEST))

    def _sort(self) -> None:
        """Index all rows by content."""
        sizes = [len(part) for part in self._contents[1:]]
        everything = np.concatenate(self._contents)
        self._order = np.argsort(everything, kind="stable")
        self._sorted = everything[self._order]
        self._chunk = np.repeat(np.arange(len(sizes)), sizes)
        self._row = np.concatenate([np.empty(0, dtype=np.int64), *map(np.arange, sizes)])


def save_chunk(cache: FeatureCache, identity: str, contents: Contents, rows: Rows) -> None:
    """Keep what the extractor `identity` found in images, whose contents are [n]."""
    digests = contents.tobytes()
    name = f"{_folder(identity)}/{_shorten(digests)}"
    save_arrays(cache, f"{name}/features", rows)
    cache.save(f"{name}/contents", digests)


def discard_chunks(cache: FeatureCache, identity: str) -> None:
    """Delete all chunks of the extractor `identity`."""
    cache.discard(_folder(identity))


def _folder(identity: str) -> str:
    return f"raw/{_shorten(identity.encode())}"


def _shorten(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
