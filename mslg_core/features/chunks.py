"""Keeps the raw features of images in chunks, found by the content of the images.

    raw/<extractor>/<chunk>/features    the features of its images
    raw/<extractor>/<chunk>/contents    the digests of its images, written last: they make the chunk valid

Both names are digests, so two workers with the same images write the same chunk.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mslg_core.features.cache import FeatureCache, load_arrays, save_arrays
from mslg_core.images.sources import DIGEST, Contents

Raw = NDArray[np.float32]
NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)


class Places(NamedTuple):
    """Where the features of n images are kept: number of the chunk int64 [n], -1 if nowhere, and row in it
    int64 [n].
    """

    chunk: NDArray[np.int64]
    row: NDArray[np.int64]

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> "Places":
        """Those of some images."""
        return Places(self.chunk[index], self.row[index])


class Chunks:
    """The chunks that the extractor `identity` has written into `cache`, or those of them with these
    `contents`: a cache may hold thousands, which take their time to list.
    """

    def __init__(self, cache: FeatureCache, identity: str, only: Iterable[Contents] | None = None) -> None:
        self._cache = cache
        self._names: list[str] = []
        self._loaded: tuple[int, Raw | None] = (-1, None)
        if only is None:
            keys = cache.names(_folder(identity))
        else:
            keys = [f"{_name(identity, each)}/contents" for each in only]
        contents = [np.empty(0, dtype=DIGEST)]
        for key in sorted(keys):
            if key.endswith("/contents") and (digests := _digests(cache.load(key))) is not None:
                self._names.append(key.removesuffix("/contents"))
                contents.append(digests)
        sizes = [len(part) for part in contents[1:]]
        everything = np.concatenate(contents)
        order = np.argsort(everything, kind="stable")
        self._contents = everything[order]
        self._places = Places(
            np.repeat(np.arange(len(sizes)), sizes), np.concatenate([NONE, *map(np.arange, sizes)])
        ).take(order)

    def find(self, contents: Contents) -> Places:
        """Where the features of images with these contents [n] are kept."""
        if not len(self._contents):
            return Places(np.full(len(contents), -1), np.zeros(len(contents), dtype=np.int64))
        position = np.minimum(np.searchsorted(self._contents, contents), len(self._contents) - 1)
        chunk, row = self._places.take(position)
        return Places(np.where(self._contents[position] == contents, chunk, -1), row)

    def load(self, places: Places) -> Raw | None:
        """The features [n, D] at n places, at least one. None if one is nowhere, or if a chunk is damaged or
        has vanished, which is not found any more.
        """
        if (places.chunk < 0).any():
            return None
        parts: list[Raw] = []
        order = np.argsort(places.chunk, kind="stable")
        for chunk in np.unique(places.chunk).tolist():
            features = self._load(chunk)
            rows = places.row[places.chunk == chunk]
            if features is None or rows.max() >= len(features):
                self._places.chunk[self._places.chunk == chunk] = -1
                return None
            parts.append(features[rows])
        return np.concatenate(parts)[np.argsort(order)]

    def _load(self, chunk: int) -> Raw | None:
        """The features of a chunk. The last one is remembered."""
        if self._loaded[0] != chunk:
            arrays = load_arrays(self._cache, f"{self._names[chunk]}/features")
            self._loaded = chunk, arrays[0] if arrays else None
        return self._loaded[1]


def save_chunk(cache: FeatureCache, identity: str, contents: Contents, features: Raw) -> None:
    """Keep the features [n, D] that the extractor `identity` found in images, whose contents are [n]."""
    name = _name(identity, contents)
    save_arrays(cache, f"{name}/features", [features])
    cache.save(f"{name}/contents", contents.tobytes())


def discard_chunks(cache: FeatureCache, identity: str) -> None:
    """Delete all chunks of the extractor `identity`."""
    cache.discard(_folder(identity))


def _digests(data: bytes | None) -> Contents | None:
    return np.frombuffer(data, dtype=DIGEST) if data and len(data) % DIGEST.itemsize == 0 else None


def _name(identity: str, contents: Contents) -> str:
    return f"{_folder(identity)}/{_shorten(contents.tobytes())}"


def _folder(identity: str) -> str:
    return f"raw/{_shorten(identity.encode())}"


def _shorten(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
