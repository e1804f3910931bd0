"""A small training set that a network learns in seconds: bright stripes whose place is the class."""

import numpy as np

from mslg_core.images.training_set import TrainingSet

CLASSES = ("a", "b", "c")


def make_training_set(
    num_samples: int = 120, seed: int = 0, rate: float = 0.2
) -> tuple[TrainingSet, np.ndarray]:
    """The set, 8 pixels wide, and its true labels int64 [N]."""
    rng = np.random.default_rng(seed)
    true = np.arange(num_samples, dtype=np.int64) % len(CLASSES)
    images = rng.integers(0, 90, (num_samples, 8, 8, 3), dtype=np.uint8)
    for label in range(len(CLASSES)):
        images[true == label, 2 * label + 1] += 120
    given = true.copy()
    wrong = rng.choice(num_samples, int(rate * num_samples), replace=False)
    given[wrong] = (given[wrong] + 1) % len(CLASSES)
    verified = rng.permutation(num_samples)[: num_samples // 4].astype(np.int64)
    meta, holdout = verified[: len(verified) // 2], verified[len(verified) // 2 :]
    return TrainingSet(images, given, CLASSES, meta, true[meta], holdout, true[holdout]), true
