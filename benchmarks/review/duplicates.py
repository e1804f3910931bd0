"""How many planted duplicates are found, and how many of its pairs are wrong?

    python -m benchmarks.review.duplicates --photos clothing.parquet --cifar10 cifar10.parquet

Plants copies into 20,000 images: recompressed, resized or slightly cropped ones of random originals. The
rest are all photographs of clothing and images of CIFAR-10. With one file, all are drawn from it.

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
from mslg_core.configs.base import Backbone
from mslg_core.configs.job import parse_config
from mslg_core.configs.plan import choose_image_size
from mslg_core.images.sources import EncodedSource, as_contents
from mslg_core.images.training_set import TrainingSet
from mslg_core.training.image_comparison import compare_images

QUALITY = (30, 90)
SCALE = (0.6, 1.6)
MAX_CROP = 0.06
"""Share of each side that is cut off at most; at least one pixel is."""


class Change(StrEnum):
    """What is done to a planted copy."""

    RECOMPRESSED = "recompressed"
    RESIZED = "resized"
    CROPPED = "cropped"


class Labelled(NamedTuple):
    """Encoded images with their labels."""

    images: list[bytes]
    labels: list[str]


class Planted(NamedTuple):
    """Images with their labels, the copies last; of each copy its original, int64 [P], and what was done."""

    data: Labelled
    chosen: NDArray[np.int64]
    changes: list[Change]


class Found(NamedTuple):
    """Recall of the planted copies, by change and overall; precision of pairs with a copy; pairs [P, 2] of
    originals.
    """

    recall: dict[str, float]
    precision: float
    originals: list[tuple[int, int]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Plant, find, print."""
    options = _parse(arguments)
    files = [file for file in (options.photos, options.cifar10) if file]
    rows = []
    for seed in range(options.seeds):
        planted = plant(
            draw(files, options.images - options.planted, seed, options.side), options.planted, seed
        )
        group = find_groups(planted.data, options.backbone)
        found = evaluate(group, planted.chosen, planted.changes)
        figures = [f"{found.recall[name]:.3f}" for name in (*Change, "all")]
        rows.append([str(seed), *figures, f"{found.precision:.4f}", str(len(found.originals))])
        if options.sheet and seed == 0:
            draw_pairs(planted.data.images, found.originals).save(options.sheet)
    recalls = [f"recall, {change}" for change in Change]
    print(table(["seed", *recalls, "recall", "precision", "pairs of originals"], rows))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--cifar10", type=Path)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--planted", type=int, default=1_000)
    parser.add_argument("--side", type=int, help="Shrink the originals to this side in pixels first.")
    parser.add_argument("--backbone", default=Backbone.AUTO)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sheet", type=Path, help="Where to draw the pairs of originals of the first seed.")
    options = parser.parse_args(arguments)
    if not (options.photos or options.cifar10):
        parser.error("name --photos or --cifar10")
    return options


def draw(files: Sequence[Path], count: int, seed: int, side: int | None = None) -> Labelled:
    """`count` images: all of every file but the last, which fills up at random."""
    images: list[bytes] = []
    labels: list[str] = []
    for file in files:
        found = read_images(file)
        wanted = min(count - len(images), len(found.images))
        chosen = np.random.default_rng(seed).choice(len(found.images), wanted, replace=False).tolist()
        images += [found.images[i] for i in chosen]
        labels += [found.labels[i] for i in chosen]
    return Labelled([shrink(data, side) for data in images] if side else images, labels)


def plant(originals: Labelled, count: int, seed: int) -> Planted:
    """The originals and `count` changed copies of them."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(originals.images), count, replace=False)
    changes = [list(Change)[i % len(Change)] for i in range(count)]
    copies = [
        change_image(originals.images[i], how, rng) for i, how in zip(chosen.tolist(), changes, strict=True)
    ]
    labels = [originals.labels[i] for i in chosen.tolist()]
    return Planted(Labelled([*originals.images, *copies], [*originals.labels, *labels]), chosen, changes)


def read_images(path: Path) -> Labelled:
    """The encoded images of a Parquet file, and their labels."""
    table = pq.read_table(path, columns=["image", "label"])
    return Labelled(table["image"].to_pylist(), [str(label) for label in table["label"].to_pylist()])


def shrink(data: bytes, side: int) -> bytes:
    """The image as a PNG of `side` x `side` pixels."""
    file = io.BytesIO()
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.resize((side, side), Image.Resampling.BOX).save(file, "PNG")
    return file.getvalue()


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


def find_groups(data: Labelled, backbone: str) -> NDArray[np.int64]:
    """The group of duplicates of each image, as a job finds them, int64 [N], -1 for none."""
    images = data.images
    config = parse_config({"method": "mslg", "backbone": backbone})
    sizes = [Image.open(io.BytesIO(image)).size for image in images]
    side = choose_image_size(config, *zip(*sizes, strict=True))
    contents = as_contents(hashlib.sha256(image).digest() for image in images)
    source = EncodedSource(lambda index: ((n, images[n].__bytes__) for n in index.tolist()), contents, side)
    classes, given = np.unique(data.labels, return_inverse=True)
    empty = np.empty(0, dtype=np.int64)
    training_set = TrainingSet(source, given, tuple(classes.tolist()), empty, empty, empty, empty)
    return compare_images(np.arange(len(images)), training_set, config).duplicates.group


def evaluate(group: NDArray[np.int64], chosen: NDArray[np.int64], changes: Sequence[Change]) -> Found:
    """Compare groups [N] with the planted copies, which come last; `chosen` int64 [P] are their originals."""
    first = len(group) - len(chosen)
    right = (group[chosen] >= 0) & (group[chosen] == group[first:])
    recall = {change: _mean(right[[c is change for c in changes]]) for change in Change}
    pairs = [pair for members in list_groups(group) for pair in combinations(members, 2)]
    own = {pair for pair in pairs if max(pair) < first}
    origin = np.concatenate([np.arange(first), chosen])
    planted = [tuple(sorted(origin[list(pair)].tolist())) for pair in pairs if pair not in own]
    agreeing = sum(low == high or (low, high) in own for low, high in planted)
    return Found(recall | {"all": _mean(right)}, agreeing / max(len(planted), 1), sorted(own))


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


def _mean(right: NDArray[np.bool_]) -> float:
    """The share that is right; 0 of none."""
    return float(right.sum() / max(len(right), 1))


def list_groups(group: NDArray[np.int64]) -> list[list[int]]:
    """The members of each group, in order."""
    members = np.flatnonzero(group >= 0)
    members = members[np.argsort(group[members], kind="stable")]
    ends = np.flatnonzero(np.diff(group[members])) + 1
    return [part.tolist() for part in np.split(members, ends) if len(part)]


if __name__ == "__main__":
    main()
