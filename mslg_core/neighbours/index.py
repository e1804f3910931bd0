"""The index of similar images: nearest neighbours of any sample, by cosine similarity of features.

Up to `EXACT_SIZE` samples it compares with every one. Above, it is usearch's graph (HNSW, Malkov and
Yashunin 2018), which holds a million samples in a file that is mapped, not loaded. See
docs/decisions/0016-issues.md.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

EXACT_SIZE = 20_000
MAX_DIMENSIONS = 128
# Pairs compared at a time: 64 MiB of similarities.
MAX_PAIRS = 2**24
SEARCHED_AT_ONCE = 10_000
NPY_MAGIC = b"\x93NUMPY"

Keys = NDArray[np.int64]
Floats = NDArray[np.float32]


class Similar(NamedTuple):
    """keys int64 [k] of samples, the most similar first, and their similarities float32 [k], -1..1."""

    keys: Keys
    similarities: Floats


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The K nearest neighbours of N samples, without the samples themselves, nearest first: index int64
    [N, K], similarity float32 [N, K].
    """

    index: Keys
    similarity: Floats

    @classmethod
    def empty(cls, num_samples: int, count: int) -> Self:
        """Arrays to fill in."""
        shape = (num_samples, count)
        return cls(np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.float32))


class SimilarityIndex(Protocol):
    """Looks up the samples most similar to others."""

    def to_bytes(self) -> bytes:
        """The file that `open_index` reads."""

    def search_all(self, keys: Keys, vectors: Floats, count: int) -> Neighbours:
        """The `count` nearest neighbours of every sample, or fewer if there are fewer samples. `keys` and
        `vectors` are those that the index was built from.
        """

    def search_like(self, key: int, count: int) -> Similar | None:
        """The `count` samples most similar to the sample `key`, without itself; None if it is not in it."""


@dataclass(frozen=True, slots=True)
class ExactIndex:
    """Compares with every sample: rows [N] with `key` int64 and `vector` float16 [D] of length 1, by key."""

    rows: NDArray[Any]

    def to_bytes(self) -> bytes:
        """See `SimilarityIndex`."""
        buffer = io.BytesIO()
        np.save(buffer, self.rows, allow_pickle=False)
        return buffer.getvalue()

    def search_all(self, keys: Keys, vectors: Floats, count: int) -> Neighbours:  # noqa: ARG002 # by position
        """See `SimilarityIndex`."""
        count = min(count, len(vectors) - 1)
        neighbours = Neighbours.empty(len(vectors), count)
        for part in np.array_split(np.arange(len(vectors)), -(-(len(vectors) ** 2) // MAX_PAIRS)):
            similarity = vectors[part] @ vectors.T  # [n, N]
            similarity[np.arange(len(part)), part] = -np.inf
            best = _largest(similarity, count)
            neighbours.index[part], neighbours.similarity[part] = (
                best,
                np.take_along_axis(similarity, best, 1),
            )
        return neighbours

    def search_like(self, key: int, count: int) -> Similar | None:
        """See `SimilarityIndex`."""
        keys = self.rows["key"]
        place = int(np.searchsorted(keys, key))
        if place == len(keys) or keys[place] != key:
            return None
        vectors = self.rows["vector"].astype(np.float32)
        similarity = vectors @ vectors[place]
        similarity[place] = -np.inf
        best = _largest(similarity[None], min(count, len(keys) - 1))[0]
        return Similar(keys[best].astype(np.int64), similarity[best])


@dataclass(frozen=True, slots=True)
class GraphIndex:
    """Searches usearch's graph of neighbours, whose keys are the samples'."""

    graph: Any

    def to_bytes(self) -> bytes:
        """See `SimilarityIndex`."""
        return bytes(self.graph.save() or b"")

    def search_all(self, keys: Keys, vectors: Floats, count: int) -> Neighbours:
        """See `SimilarityIndex`."""
        order = np.argsort(keys)
        neighbours = Neighbours.empty(len(vectors), count)
        for start in range(0, len(vectors), SEARCHED_AT_ONCE):
            part = slice(start, start + SEARCHED_AT_ONCE)
            found = self.graph.search(vectors[part], count + 1)
            index = order[np.searchsorted(keys[order], found.keys.astype(np.int64))]  # [n, count + 1]
            itself = index == np.arange(len(vectors))[part, None]
            itself[~itself.any(axis=1), -1] = True  # the graph may miss the sample: leave out the farthest
            neighbours.index[part] = index[~itself].reshape(-1, count)
            neighbours.similarity[part] = 1 - found.distances[~itself].reshape(-1, count)
        return neighbours

    def search_like(self, key: int, count: int) -> Similar | None:
        """See `SimilarityIndex`."""
        if key not in self.graph:
            return None
        vector = np.asarray(self.graph.get(key), dtype=np.float32)
        found = self.graph.search(vector, count + 1)
        keys, distances = found.keys.astype(np.int64), found.distances
        others = np.flatnonzero(keys != key)[:count]
        return Similar(keys[others], 1 - distances[others].astype(np.float32))


def open_index(path: Path) -> SimilarityIndex:
    """The index in the file that `build_index` made, mapped. The file may be deleted afterwards."""
    with path.open("rb") as file:
        is_exact = file.read(len(NPY_MAGIC)) == NPY_MAGIC
    if is_exact:
        return ExactIndex(np.load(path, mmap_mode="r", allow_pickle=False))
    graph = _load_usearch().restore(path, view=True)
    if graph is None:
        raise ValueError(f"{path} is not an index of similar images")
    return GraphIndex(graph)


def build_index(keys: Keys, vectors: Floats) -> SimilarityIndex:
    """The index of samples `keys` int64 [N], all different, with `vectors` [N, D] from `to_vectors`."""
    if len(keys) <= EXACT_SIZE:
        rows = np.empty(len(keys), dtype=[("key", "<i8"), ("vector", "<f2", vectors.shape[1:])])
        order = np.argsort(keys)
        rows["key"], rows["vector"] = keys[order], vectors[order]
        return ExactIndex(rows)
    graph = _load_usearch()(ndim=vectors.shape[1], metric="cos", dtype="f16")
    graph.add(keys, vectors)
    return GraphIndex(graph)


def _load_usearch() -> Any:
    """Usearch's class of indices.

    Loaded as late as possible: if its C++ library is loaded before torch's, torch's compiler, which forward
    mode uses, never returns.
    """
    from usearch.index import Index

    return Index


def to_vectors(features: Floats) -> Floats:
    """The leading `MAX_DIMENSIONS` of decorrelated features [N, R], scaled to length 1."""
    vectors = features[:, :MAX_DIMENSIONS].astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors


def _largest(values: Floats, count: int) -> Keys:
    """Indices [n, count] of the largest `values` [n, N] of each row, in falling order."""
    if count == 0:
        return np.empty((len(values), 0), dtype=np.int64)
    best = np.argpartition(-values, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(values, best, 1), axis=1, kind="stable")
    return np.take_along_axis(best, order, 1)
