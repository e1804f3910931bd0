"""How well are images of another dataset found among photographs?

    python -m benchmarks.review.outliers --cifar10 cifar10.parquet --photos clothing.parquet

Adds images of CIFAR-10 with random labels to all photographs of clothing. Prints the AUROC of the score and
of the mean similarity of the nearest neighbours, and the shares of both datasets that are flagged.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.common.markdown import table
from benchmarks.problems.datasets import Dataset, Pixels, load_cifar10
from benchmarks.problems.photos import load_photos
from benchmarks.problems.tie_breaker import cache_folder
from mslg_core.configs.base import Backbone, TrainingConfig
from mslg_core.configs.job import parse_config
from mslg_core.configs.plan import choose_image_size
from mslg_core.features.cache import FolderCache
from mslg_core.features.features import Features
from mslg_core.issues.comparison import NEIGHBOURS
from mslg_core.issues.outliers import find_outliers
from mslg_core.neighbours.index import build_index, to_vectors
from mslg_core.ranking.metrics import auroc

PHOTOS = 3_781
ORIGINAL_SIDE = 400  # at most this of a photograph is used
ADDED = (20, 200)


class Found(NamedTuple):
    """AUROC of the score and of the neighbours' similarity; shares of photographs and added images that are
    flagged.
    """

    score: float
    similarity: float
    photos: float
    added: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Add, find, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cifar10", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--count", type=int, default=PHOTOS, help="Number of photographs.")
    parser.add_argument("--backbone", default=Backbone.AUTO)
    options = parser.parse_args(arguments)
    config = parse_config({"method": "mslg", "backbone": options.backbone})
    side = choose_image_size(config, [ORIGINAL_SIDE], [ORIGINAL_SIDE])
    photos = load_photos(options.photos, options.count, 0, side)
    rows = []
    for count in ADDED:
        for seed in range(options.seeds):
            added = load_cifar10(options.cifar10, count, 1, seed, side).images
            found = measure(photos, added, seed, config)
            rows.append([str(count), str(seed), *(f"{figure:.3f}" for figure in found)])
    names = ["AUROC", "AUROC of similarity", "photos flagged", "added flagged"]
    print(table(["added", "seed", *names], rows))


def measure(photos: Dataset, added: Pixels, seed: int, config: TrainingConfig) -> Found:
    """Find `added` images [A, side, side, 3] among photographs."""
    images = np.concatenate([photos.images, added])
    drawn = np.random.default_rng(seed).integers(0, len(photos.classes), len(added))
    given = np.concatenate([photos.labels, drawn])
    cache = FolderCache(cache_folder() / "features")
    features = Features(images, given, config, torch.device("cpu"), cache).plain(torch.arange(len(images)))
    vectors, keys = to_vectors(features.numpy()), np.arange(len(images))
    neighbours = build_index(keys, vectors).search_all(keys, vectors, NEIGHBOURS)
    outliers = find_outliers(vectors, given, neighbours)
    is_added = keys >= len(photos.images)
    flagged = outliers.is_outlier | outliers.is_foreign
    return Found(
        auroc(-outliers.score, is_added),
        auroc(-neighbours.similarity.mean(axis=1), is_added),
        float(flagged[~is_added].mean()),
        float(flagged[is_added].mean()),
    )


if __name__ == "__main__":
    main()
