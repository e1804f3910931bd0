"""How many planted duplicates does the service find, and how many of its pairs are wrong?

    python -m benchmarks.review.duplicates --cifar10 cifar10.parquet --photos clothing.parquet

Plants copies into 20,000 images: recompressed, resized or slightly cropped ones of random originals. The
rest are all photographs, and CIFAR-10 without the duplicates that it has itself: of two images whose pixels
correlate by more than `SAME_PIXELS`, one is left out.
"""

import argparse
import hashlib
import io
from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image

from benchmarks.common.markdown import table
from mslg_core.configs.job import parse_config
from mslg_core.images.sources import EncodedSource, as_contents
from mslg_core.images.training_set import TrainingSet
from mslg_core.training.image_comparison import compare_images

IMAGES, PLANTED = 20_000, 1_000
SIDE = 32
SAME_PIXELS = 0.9
QUALITY = (30, 90)
SCALE = (0.6, 1.6)
MAX_CROP = 0.06
"""Share of each side that is cut off at most; at least one pixel is."""


class Change(StrEnum):
    """What is done to a planted copy."""

    RECOMPRESSED = "recompressed"
    RESIZED = "resized"
    CROPPED = "cropped"


class Found(NamedTuple):
    """Recall of the planted copies, by change and overall, and precision of the reported pairs."""

    recall: dict[str, float]
    precision: float
    pairs: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Plant, find, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cifar10", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(arguments)
    rows = []
    for seed in range(options.seeds):
        found = measure(options.cifar10, options.photos, seed)
        figures = [f"{found.recall[name]:.3f}" for name in (*Change, "all")]
        rows.append([str(seed), *figures, f"{found.precision:.4f}", str(found.pairs)])
    print(table(["seed", *(f"recall, {change}" for change in Change), "recall", "precision", "pairs"], rows))


def measure(cifar10: Path, photos: Path, seed: int) -> Found:
    """Plant copies into both datasets and look for them."""
    rng = np.random.default_rng(seed)
    originals = read_images(photos)
    originals += read_cifar10(cifar10, IMAGES - PLANTED - len(originals), rng)
    chosen = rng.choice(len(originals), PLANTED, replace=False)
    changes = [list(Change)[i % len(Change)] for i in range(PLANTED)]
    copies = [change_image(originals[i], how, rng) for i, how in zip(chosen.tolist(), changes, strict=True)]
    group = find_groups([*originals, *copies])
    return evaluate(group, chosen, changes)


def read_images(path: Path, **filters: str) -> list[bytes]:
    """The encoded images of a Parquet file."""
    conditions = [(name, "==", value) for name, value in filters.items()] or None
    return [image.as_py() for image in pq.read_table(path, columns=["image"], filters=conditions)["image"]]


def read_cifar10(path: Path, count: int, rng: np.random.Generator) -> list[bytes]:
    """`count` training images of which no two have nearly the same pixels."""
    images = read_images(path, split="train")
    chosen = rng.permutation(len(images))[: count + count // 20]
    kept = np.flatnonzero(~has_twin([images[i] for i in chosen.tolist()]))[:count]
    return [images[i] for i in chosen[kept].tolist()]


def has_twin(images: Sequence[bytes]) -> NDArray[np.bool_]:
    """Whether an earlier image has nearly the same pixels, bool [N]."""
    pixels = np.stack(
        [np.asarray(Image.open(io.BytesIO(image)).convert("L"), np.float32) for image in images]
    )
    flat = pixels.reshape(len(pixels), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    found = np.zeros(len(flat), dtype=np.bool_)
    for start in range(0, len(flat), 1000):
        part = slice(start, start + 1000)
        close = flat[part] @ flat.T > SAME_PIXELS  # [n, N]
        found[part] = np.tril(close, start - 1).any(axis=1)
    return found


def change_image(data: bytes, change: Change, rng: np.random.Generator) -> bytes:
    """A changed copy, as JPEG."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    quality = 90
    if change is Change.RECOMPRESSED:
        quality = int(rng.integers(*QUALITY))
    elif change is Change.RESIZED:
        scale = rng.uniform(*SCALE)
        image = image.resize((max(8, round(image.width * scale)), max(8, round(image.height * scale))))
    else:
        left, top, right, bottom = (
            int(rng.integers(0, max(1, round(MAX_CROP * side)) + 1)) for side in image.size * 2
        )
        image = image.crop((max(1, left), top, image.width - right, image.height - bottom))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def find_groups(images: Sequence[bytes]) -> NDArray[np.int64]:
    """The group of duplicates of each image, as a job finds them, int64 [N], -1 for none."""
    contents = as_contents(hashlib.sha256(data).digest() for data in images)
    source = EncodedSource(lambda index: ((n, images[n].__bytes__) for n in index.tolist()), contents, SIDE)
    empty = np.empty(0, dtype=np.int64)
    given = np.arange(len(images)) % 2
    data_set = TrainingSet(source, given, ("a", "b"), empty, empty, empty, empty)
    config = parse_config({"method": "mslg", "backbone": "patches"})
    return compare_images(np.arange(len(images)), data_set, config).duplicates.group


def evaluate(group: NDArray[np.int64], originals: NDArray[np.int64], changes: Sequence[Change]) -> Found:
    """Compare groups [N] with the planted copies, which come last; `originals` int64 [P] are theirs."""
    first = len(group) - len(originals)
    right = (group[originals] >= 0) & (group[originals] == group[first:])
    recall = {change: float(right[np.array([c is change for c in changes])].mean()) for change in Change} | {
        "all": float(right.mean())
    }
    planted = {(original, first + i) for i, original in enumerate(originals.tolist())}
    pairs = [pair for members in list_groups(group) for pair in combinations(members, 2)]
    return Found(recall, sum(pair in planted for pair in pairs) / max(len(pairs), 1), len(pairs))


def list_groups(group: NDArray[np.int64]) -> list[list[int]]:
    """The members of each group, in order."""
    members = np.flatnonzero(group >= 0)
    members = members[np.argsort(group[members], kind="stable")]
    ends = np.flatnonzero(np.diff(group[members])) + 1
    return [part.tolist() for part in np.split(members, ends) if len(part)]


if __name__ == "__main__":
    main()
