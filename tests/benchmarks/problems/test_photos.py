"""Photographs as a source of problems."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.photos import load_photos

CLASSES = ("hat", "shirt")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Forty photographs, dark hats and bright shirts, every fourth a test image."""
    rows = range(40)
    table = pa.table(
        {
            "label": [CLASSES[i % 2] for i in rows],
            "split": [("train", "train", "validation", "test")[i // 2 % 4] for i in rows],
            "image": [draw(60 + 120 * (i % 2) + i) for i in rows],
        }
    )
    pq.write_table(table, tmp_path / "photos.parquet")
    return tmp_path / "photos.parquet"


def draw(brightness: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), (brightness,) * 3).save(buffer, "png")
    return buffer.getvalue()


def test_photos_are_read_as_a_random_subset(path: Path) -> None:
    every, some = load_photos(path, 99, 0, side=16), load_photos(path, 12, 0, side=16)
    assert every.classes == CLASSES
    assert every.images.shape == (30, 16, 16, 3)
    assert every.test_images.shape == (10, 16, 16, 3)
    assert ((every.images[:, 0, 0, 0] >= 180) == (every.labels == 1)).all()
    assert sorted(every.index) == list(range(30))
    np.testing.assert_array_equal(some.index, every.index[:12])
    np.testing.assert_array_equal(some.images, every.images[:12])


def test_noise_depends_on_out_of_sample_predictions(path: Path) -> None:
    dataset = load_photos(path, 99, 0, side=16)
    assert dataset.probabilities.shape == (30, 2)
    np.testing.assert_allclose(dataset.probabilities.sum(axis=1), 1, atol=1e-5)
    assert (dataset.probabilities.argmax(axis=1) == dataset.labels).all()


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="not the Parquet file of photographs"):
        load_photos(tmp_path / "missing.parquet", 1, 0, 8)
