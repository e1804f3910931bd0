"""Trains the networks whose class probabilities `feature_dependent_noise` and `annotator_noise` require."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from mslg_core.configs.methods import CrossEntropyConfig
from mslg_core.errors import ConfigError
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.training.trainer import Trainer

NONE: Indices = np.empty(0, dtype=np.int64)


def cross_predictions(
    images: NDArray[np.uint8],
    labels: Indices,
    num_classes: int,
    config: CrossEntropyConfig | None = None,
    folds: int = 2,
) -> NDArray[np.float32]:
    """Class probabilities [N, C] of images uint8 [N, side, side, 3] with true labels int64 [N].

    Cross-validation: a network trained with plain cross entropy on the other folds predicts each fold,
    because a network is overconfident on its own training images. `config.seed` also determines the folds.
    Raises `ConfigError` for fewer than 2 folds or fewer than 2 images per fold, and `TrainingSetError`.
    """
    if not 2 <= folds <= len(labels) // 2:
        raise ConfigError(
            f"The number of folds must be 2 to {len(labels) // 2} for {len(labels)} images, not {folds}."
        )
    config = config or CrossEntropyConfig()
    classes = tuple(map(str, range(num_classes)))
    probabilities = np.empty((len(labels), num_classes), dtype=np.float32)
    order = np.random.default_rng(config.seed).permutation(len(labels))
    for held_out in np.array_split(order, folds):
        rest = np.setdiff1d(order, held_out)
        data = TrainingSet(images[rest], labels[rest], classes, NONE, NONE, NONE, NONE)
        trainer = Trainer(data, config)
        deque(trainer.run(), maxlen=0)
        probabilities[held_out] = trainer.predict(trainer.transform_new(images[held_out]))
    return probabilities
