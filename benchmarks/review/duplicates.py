"""How many planted duplicates does the service find, and how many of its pairs are wrong?

    python -m benchmarks.review.duplicates --cifar10 cifar10.parquet --photos clothing.parquet

Plants copies into 20,000 images: recompressed, resized or slightly cropped ones of random originals. The
rest are all photographs of clothing and images of CIFAR-10.

CIFAR-10 has many duplicates itself. So precision counts the pairs with a copy: right are those with its
original, and with what was a duplicate of the original before. All pairs of originals are drawn on a contact
sheet, to be judged by eye; docs/explanation/issues.md has the result.
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
    """Recall of the planted copies, by change and overall; precision of pairs with a copy; pairs [P, 2] of
    originals.
    """

    recall: dict[str, float]
    precision: float
    originals: list[tuple[int, int]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Plant, find, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cifar10", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sheet", type=Path, help="Where to draw the pairs of originals of the first seed.")
    options = parser.parse_args(arguments)
    rows = []
    for seed in range(options.seeds):
        images, chosen, changes = plant(options.cifar10, options.photos, seed)
        found = evaluate(find_groups(images), chosen, changes)
        figures = [f"{found.recall[name]:.3f}" for name in (*Change, "all")]
        rows.append([str(seed), *figures, f"{found.precision:.4f}", str(len(found.originals))])
        if options.sheet and seed == 0:
            draw_pairs(images, found.originals).save(options.sheet)
    recalls = [f"recall, {change}" for change in Change]
    print(table(["seed", *recalls, "recall", "precision", "pairs of originals"], rows))


def plant(cifar10: Path, photos: Path, seed: int) -> tuple[list[bytes], NDArray[np.int64], list[Change]]:
    """The images, the copies last; the original of each copy; and what was done to it."""
    rng = np.random.default_rng(seed)
    originals = read_images(photos)
    small = read_images(cifar10)
    wanted = IMAGES - PLANTED - len(originals)
    originals += [small[i] for i in rng.choice(len(small), wanted, replace=False).tolist()]
    chosen = rng.choice(len(originals), PLANTED, replace=False)
    changes = [list(Change)[i % len(Change)] for i in range(PLANTED)]
    copies = [change_image(originals[i], how, rng) for i, how in zip(chosen.tolist(), changes, strict=True)]
    return [*originals, *copies], chosen, changes


def read_images(path: Path) -> list[bytes]:
    """The encoded images of a Parquet file."""
    return [image.as_py() for image in pq.read_table(path, columns=["image"])["image"]]


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


def evaluate(group: NDArray[np.int64], chosen: NDArray[np.int64], changes: Sequence[Change]) -> Found:
    """Compare groups [N] with the planted copies, which come last; `chosen` int64 [P] are their originals."""
    first = len(group) - len(chosen)
    right = (group[chosen] >= 0) & (group[chosen] == group[first:])
    recall = {change: float(right[[c is change for c in changes]].mean()) for change in Change}
    pairs = [pair for members in list_groups(group) for pair in combinations(members, 2)]
    own = {pair for pair in pairs if max(pair) < first}
    origin = np.concatenate([np.arange(first), chosen])
    planted = [tuple(sorted(origin[list(pair)].tolist())) for pair in pairs if pair not in own]
    agreeing = sum(low == high or (low, high) in own for low, high in planted)
    return Found(recall | {"all": float(right.mean())}, agreeing / max(len(planted), 1), sorted(own))


def draw_pairs(images: Sequence[bytes], pairs: Sequence[tuple[int, int]]) -> Image.Image:
    """The pairs on a contact sheet."""
    columns, tile = 12, 64
    sheet = Image.new("RGB", (columns * 2 * (tile + 4), -(-len(pairs) // columns) * (tile + 8)), "white")
    for place, pair in enumerate(pairs):
        for side, number in enumerate(pair):
            image = Image.open(io.BytesIO(images[number])).convert("RGB").resize((tile, tile))
            x = (place % columns * 2 + side) * (tile + 4) - 3 * side
            sheet.paste(image, (x, place // columns * (tile + 8)))
    return sheet


def list_groups(group: NDArray[np.int64]) -> list[list[int]]:
    """The members of each group, in order."""
    members = np.flatnonzero(group >= 0)
    members = members[np.argsort(group[members], kind="stable")]
    ends = np.flatnonzero(np.diff(group[members])) + 1
    return [part.tolist() for part in np.split(members, ends) if len(part)]


if __name__ == "__main__":
    main()
