"""The index finds what brute force finds: exactly when it is small, nearly when it is large."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mslg_core.neighbours import index as module
from mslg_core.neighbours.index import SimilarityIndex, build_index, open_index, to_vectors

N, D, K = 1_000, 16, 10


@pytest.fixture(params=["exact", "graph"])
def exact_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the same number of samples be small, or large."""
    monkeypatch.setattr(module, "EXACT_SIZE", N if request.param == "exact" else 0)


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    """Vectors [N, D]."""
    return to_vectors(np.random.default_rng(0).standard_normal((N, D)).astype(np.float32))


@pytest.fixture
def keys() -> NDArray[np.int64]:
    """Keys [N], unordered, larger than 32 bits."""
    return np.random.default_rng(1).permutation(N) * 3 + 2**40


@pytest.fixture
def nearest(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """The nearest neighbours [N, K] by brute force."""
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -2)
    return np.argsort(-similarity, axis=1)[:, :K]


def stored(index: SimilarityIndex, folder: Path) -> SimilarityIndex:
    """The index after it was written to a file, which is deleted."""
    path = folder / "index"
    path.write_bytes(index.to_bytes())
    opened = open_index(path)
    path.unlink()
    return opened


@pytest.mark.usefixtures("exact_size")
def test_neighbours_of_all(
    vectors: NDArray[np.float32], keys: NDArray[np.int64], nearest: NDArray[np.int64]
) -> None:
    found = build_index(keys, vectors).search_all(keys, vectors, K)
    shared = [len(set(a) & set(b)) / K for a, b in zip(found.index.tolist(), nearest.tolist(), strict=True)]
    assert np.mean(shared) > 0.97
    assert (found.index != np.arange(N)[:, None]).all()
    expected = np.einsum("nd,nkd->nk", vectors, vectors[found.index])
    assert found.similarity == pytest.approx(expected, abs=2e-3)
    assert (np.diff(found.similarity, axis=1) <= 1e-3).all()


@pytest.mark.usefixtures("exact_size")
def test_neighbours_of_one(
    vectors: NDArray[np.float32], keys: NDArray[np.int64], nearest: NDArray[np.int64], tmp_path: Path
) -> None:
    opened = stored(build_index(keys, vectors), tmp_path)
    for sample in range(0, N, 100):
        similar = opened.search_like(int(keys[sample]), K)
        assert similar is not None
        expected = keys[nearest[sample]].tolist()
        assert len(set(similar.keys.tolist()) & set(expected)) >= K - 2
        assert similar.keys[0] == expected[0]
        assert similar.similarities[0] == pytest.approx(
            vectors[sample] @ vectors[nearest[sample, 0]], abs=2e-3
        )
    assert opened.search_like(1, K) is None


def test_more_neighbours_than_samples(vectors: NDArray[np.float32]) -> None:
    keys = np.arange(3)
    index = build_index(keys, vectors[:3])
    assert index.search_all(keys, vectors[:3], K).index.shape == (3, 2)
    similar = index.search_like(0, K)
    assert similar is not None
    assert sorted(similar.keys.tolist()) == [1, 2]
