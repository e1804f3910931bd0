"""Datasets that a network learns in a second: the position of a bright stripe is the class."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from benchmarks.problems.datasets import Dataset, Pixels
from benchmarks.problems.problem import Noise, Problem, draw_verified, make_noise

CLASSES = ("a", "b", "c")


def draw_images(labels: np.ndarray, rng: np.random.Generator) -> Pixels:
    """Images uint8 [N, 8, 8, 3]."""
    images = rng.integers(0, 90, (len(labels), 8, 8, 3), dtype=np.uint8)
    for label in range(len(CLASSES)):
        images[labels == label, 2 * label + 1] += 120
    return images


def make_dataset(images: int = 90, seed: int = 0) -> Dataset:
    """`images` training images and 30 test images."""
    rng = np.random.default_rng(seed)
    labels, test_labels = (rng.permutation(n).astype(np.int64) % len(CLASSES) for n in (images, 30))
    probabilities = rng.dirichlet(np.ones(len(CLASSES)), images).astype(np.float32)
    return Dataset(
        draw_images(labels, rng),
        labels,
        probabilities,
        np.arange(images, dtype=np.int64),
        draw_images(test_labels, rng),
        test_labels,
        CLASSES,
    )


def make_problem(images: int = 90, rate: float = 0.3, verified: int = 30) -> Problem:
    """A problem with uniform noise and verified samples among its images."""
    dataset = make_dataset(images)
    return draw_verified(dataset, make_noise(Noise.UNIFORM, dataset, rate, seed=0), verified, seed=0)


def write_parquet(path: Path, images: int = 60, tests: int = 40) -> Path:
    """A small file with the columns of CIFAR-10's."""
    rng = np.random.default_rng(0)
    total = images + tests
    labels = rng.permutation(total) % len(CLASSES)
    probabilities = rng.dirichlet(np.ones(len(CLASSES)), total).astype(np.float32)
    table = pa.table(
        {
            "split": ["train"] * images + ["test"] * tests,
            "index": pa.array([*range(images), *range(tests)], pa.int32()),
            "label": pa.array(labels, pa.int8()),
            "image": [_png(pixels) for pixels in draw_images(labels, rng)],
            "student_probs": pa.array(probabilities.tolist(), pa.list_(pa.float32(), len(CLASSES))),
        }
    )
    pq.write_table(table.replace_schema_metadata({"classes": ",".join(CLASSES)}), path)
    return path


def _png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()
