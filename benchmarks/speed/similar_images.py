"""How long does the index of similar images take to build and to search, and what does it miss?

    python -m benchmarks.speed.similar_images --samples 100000
    python -m benchmarks.speed.similar_images --samples 1000000 --queries-only

The vectors are clustered like features: a mixture of normal distributions in a tenth of the dimensions, with
noise in all. Times are those of the CPU, so that other work on the machine changes them less. Recall is
measured on 1,000 samples against all others. Peers run if they are installed:
hnswlib (Apache-2.0) and faiss-cpu (MIT) with the same number of links per sample. `--queries-only` leaves out
the peers, the neighbours of all samples and the map.
"""

import argparse
import importlib.util
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.markdown import table
from benchmarks.speed.gauges import peak_resident_memory
from mslg_core.issues.embedding import place_on_map
from mslg_core.neighbours.index import (
    MAX_DIMENSIONS,
    GraphIndex,
    Neighbours,
    SimilarityIndex,
    build_index,
    open_index,
    to_vectors,
)

NEIGHBOURS = 15
MEASURED = 1_000
CLUSTERS = 1_000
LINKS, BUILD_EFFORT, SEARCH_EFFORT = 16, 128, 64

Floats = NDArray[np.float32]
Search = Callable[[Floats, int], NDArray[np.int64]]


class Timing(NamedTuple):
    """One index: CPU seconds to build it and to search all samples, CPU ms for one query, recall, bytes.

    search_all: NaN if not measured.
    """

    name: str
    build: float
    search_all: float
    query: float
    recall: float
    size: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, search, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--queries-only", action="store_true")
    options = parser.parse_args(arguments)
    vectors = make_vectors(options.samples)
    nearest = search_exactly(vectors, MEASURED)
    rows = [
        [
            t.name,
            f"{t.build:.0f}",
            f"{t.search_all:.0f}",
            f"{t.query:.2f}",
            f"{t.recall:.3f}",
            f"{t.size / 1e6:.0f}",
        ]
        for t in time_all(vectors, nearest, options)
    ]
    columns = [
        "index",
        "build, CPU s",
        f"{NEIGHBOURS} neighbours of all, CPU s",
        "one query, CPU ms",
        "recall",
        "MB",
    ]
    print(f"{options.samples:,} vectors of {MAX_DIMENSIONS} numbers, {options.threads} threads\n")
    print(table(columns, rows))
    if not options.queries_only:
        print(f"\nThe map: {time_map(vectors):.0f} CPU s")
    print(f"\nPeak memory: {peak_resident_memory() / 2**30:.1f} GiB")


def make_vectors(count: int) -> Floats:
    """Clustered vectors [count, MAX_DIMENSIONS] of length 1."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((CLUSTERS, MAX_DIMENSIONS), dtype=np.float32)
    axes = rng.standard_normal((MAX_DIMENSIONS // 10, MAX_DIMENSIONS), dtype=np.float32)
    places = rng.standard_normal((count, MAX_DIMENSIONS // 10), dtype=np.float32) @ axes / 4
    noise = rng.standard_normal((count, MAX_DIMENSIONS), dtype=np.float32) / 4
    features = centres[rng.integers(0, CLUSTERS, count)] + places + noise
    return to_vectors(features.astype(np.float32))


def search_exactly(vectors: Floats, count: int) -> NDArray[np.int64]:
    """The nearest neighbours [count, NEIGHBOURS] of the first samples."""
    nearest = np.empty((count, NEIGHBOURS), dtype=np.int64)
    for row in range(count):
        similarity = vectors @ vectors[row]
        similarity[row] = -np.inf
        nearest[row] = np.argpartition(-similarity, NEIGHBOURS)[:NEIGHBOURS]
    return nearest


def time_map(vectors: Floats) -> float:
    """CPU seconds to draw the map. They do not depend on who the neighbours are."""
    rng = np.random.default_rng(0)
    index = rng.integers(0, len(vectors), (len(vectors), NEIGHBOURS))
    start = time.process_time()
    place_on_map(vectors, Neighbours(index, np.zeros(index.shape, dtype=np.float32)))
    return time.process_time() - start


def time_all(vectors: Floats, nearest: NDArray[np.int64], options: argparse.Namespace) -> Iterator[Timing]:
    """Time the product's index and those peers that are installed."""
    if options.queries_only:
        yield time_queries(vectors, nearest)
        return
    yield time_product(vectors, nearest)
    for name, build in (("hnswlib", build_hnswlib), ("faiss", build_faiss)):
        if importlib.util.find_spec(name):
            yield time_peer(name, partial(build, vectors, options.threads), vectors, nearest)


def time_product(vectors: Floats, nearest: NDArray[np.int64]) -> Timing:
    """The product's own index."""
    keys = np.arange(len(vectors))
    start = time.process_time()
    index = build_index(keys, vectors)
    built = time.process_time()
    found = index.search_all(keys, vectors, NEIGHBOURS)
    searched = time.process_time()
    opened, size = reopen(index)
    recall = shared(found.index[:MEASURED], nearest)
    return Timing(name_of(index), built - start, searched - built, time_query(opened), recall, size)


def time_queries(vectors: Floats, nearest: NDArray[np.int64]) -> Timing:
    """The product's own index, searched for some samples, from its file."""
    start = time.process_time()
    index = build_index(np.arange(len(vectors)), vectors)
    built = time.process_time() - start
    opened, size = reopen(index)
    query = time_query(opened)
    found = [opened.search_like(key, NEIGHBOURS) for key in range(MEASURED)]
    recall = shared(np.stack([similar.keys for similar in found if similar]), nearest)
    return Timing(name_of(index), built, math.nan, query, recall, size)


def reopen(index: SimilarityIndex) -> tuple[SimilarityIndex, int]:
    """The index mapped from a file, and the bytes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index")
        path.write_bytes(index.to_bytes())
        return open_index(path), path.stat().st_size


def time_query(index: SimilarityIndex) -> float:
    """CPU milliseconds for 50 neighbours of one sample."""
    asked = time.process_time()
    for key in range(100):
        index.search_like(key, 50)
    return (time.process_time() - asked) * 10


def name_of(index: SimilarityIndex) -> str:
    """Large sets are searched by usearch."""
    return "usearch" if isinstance(index, GraphIndex) else "exact"


def time_peer(name: str, build: Callable[[], Search], vectors: Floats, nearest: NDArray[np.int64]) -> Timing:
    """Another library's index."""
    start = time.process_time()
    search = build()
    built = time.process_time()
    found = search(vectors, NEIGHBOURS + 1)
    searched = time.process_time()
    for row in vectors[:100]:
        search(row[None], 51)
    query = (time.process_time() - searched) * 10
    return Timing(name, built - start, searched - built, query, shared(found[:MEASURED, 1:], nearest), 0)


def build_hnswlib(vectors: Floats, threads: int) -> Search:
    """The graph of hnswlib."""
    import hnswlib

    index: Any = hnswlib.Index(space="cosine", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), M=LINKS, ef_construction=BUILD_EFFORT)
    index.set_num_threads(threads)
    index.add_items(vectors)
    index.set_ef(SEARCH_EFFORT)
    return lambda queries, count: index.knn_query(queries, k=count)[0].astype(np.int64)


def build_faiss(vectors: Floats, threads: int) -> Search:
    """The graph of faiss."""
    import faiss

    faiss.omp_set_num_threads(threads)
    index: Any = faiss.IndexHNSWFlat(vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = BUILD_EFFORT, SEARCH_EFFORT
    index.add(vectors)
    return lambda queries, count: index.search(queries, count)[1]


def shared(found: NDArray[np.int64], nearest: NDArray[np.int64]) -> float:
    """The share of the nearest neighbours [n, K] that are among those found."""
    pairs = zip(found.tolist(), nearest.tolist(), strict=True)
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in pairs]))


if __name__ == "__main__":
    main()
