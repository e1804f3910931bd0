"""Wrong labels that stay, by the given label of verified images: `python -m benchmarks.compare.separate`.

The same images are verified in three ways: with their noisy given label, without a given label, and with
their clean label as the given one. Wrong labels are counted among the other images only.
"""

import argparse
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from benchmarks.problems.datasets import Dataset, Ints, load_digits_dataset
from benchmarks.problems.problem import Noise, make_noise
from mslg_core.configs.job import parse_config
from mslg_core.images.training_set import NO_LABEL, TrainingSet, split_verified
from mslg_core.training.trainer import Trainer

LEVELS = ((Noise.UNIFORM, 0.36), (Noise.FEATURE, 0.36), (Noise.UNIFORM, 0.1))


class Given(StrEnum):
    """The given label of verified images."""

    NOISY = "noisy"
    NONE = "none"
    CLEAN = "clean"


class Left(NamedTuple):
    """Wrong labels among the images that are not verified, before and after."""

    before: int
    after: int


def count_left(dataset: Dataset, given: Ints, verified: Ints, kind: Given, seed: int) -> Left:
    """Run the default method and count. given int64 [N]; verified int64 [V]."""
    data = make_training_set(dataset, given, verified, kind)
    trainer = Trainer(data, parse_config({"seed": seed}))
    for _ in trainer.run():
        pass
    result = trainer.result()
    accepted = result.is_label_issue & result.summary.auto_accept
    corrected = np.where(accepted, result.suggestion, given)
    others = np.setdiff1d(np.arange(len(given)), verified)
    true = dataset.labels[others]
    return Left(int((given[others] != true).sum()), int((corrected[others] != true).sum()))


def make_training_set(dataset: Dataset, given: Ints, verified: Ints, kind: Given) -> TrainingSet:
    """The images, of which those in `verified` have a given label of this kind."""
    true, labels = dataset.labels, given.copy()
    if kind is not Given.NOISY:
        labels[verified] = NO_LABEL if kind is Given.NONE else true[verified]
    split = split_verified([f"{index:06d}" for index in verified.tolist()], true[verified])
    meta, held = verified[split.meta], verified[split.holdout]
    return TrainingSet(dataset.images, labels, dataset.classes, meta, true[meta], held, true[held])


def main() -> None:
    """Print a table for the digits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=600, help="images that are not verified")
    parser.add_argument("--verified", type=int, default=120)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    print(f"| noise | seed | wrong | {' | '.join(f'given: {kind}' for kind in Given)} |")
    print("|---|---|---|---|---|---|")
    for noise, rate in LEVELS:
        for seed in range(args.seeds):
            dataset = load_digits_dataset(args.images + args.verified, seed)
            given = make_noise(noise, dataset, rate, seed)
            verified = np.arange(args.images, args.images + args.verified, dtype=np.int64)
            left = [count_left(dataset, given, verified, kind, seed) for kind in Given]
            cells = " | ".join(str(row.after) for row in left)
            print(f"| {noise} {rate:.0%} | {seed} | {left[0].before} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
