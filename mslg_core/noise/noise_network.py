"""Makes the class probabilities that `feature_dependent_noise` and `annotator_noise` require."""

from collections import deque

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812

from mslg_core.configs.base import Backbone
from mslg_core.configs.methods import CrossEntropyConfig
from mslg_core.errors import ConfigError
from mslg_core.features.features import Features
from mslg_core.features.ridge_loo import ridge_prediction
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


def patch_predictions(images: NDArray[np.uint8], labels: Indices, num_classes: int) -> NDArray[np.float32]:
    """Log-probabilities [N, C] of images uint8 [N, side, side, 3] with true labels int64 [N], on the CPU.

    Leave-one-out predictions of a ridge regression on patch features, which is one pass over the images:
    a third of the work of `cross_predictions` with a head on the same features.
    """
    config = CrossEntropyConfig(backbone=Backbone.PATCHES, horizontal_flip=False)
    everything = torch.arange(len(labels))
    features = Features(images, labels, config, torch.device("cpu")).plain(everything)
    targets = F.one_hot(torch.from_numpy(labels), num_classes).float()
    nothing = everything[:0]
    probabilities = ridge_prediction(features, targets, everything, everything, nothing)
    log: NDArray[np.float32] = probabilities.log().numpy()
    return log
