"""Compares the images of a dataset before a run: extracts their features, finds neighbours and duplicates."""

import torch

from mslg_core.configs.base import Backbone, TrainingConfig
from mslg_core.features.cache import FeatureCache
from mslg_core.features.features import Features
from mslg_core.images.properties import Properties
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.issues.comparison import Comparison, compare
from mslg_core.issues.find import Issues, find_issues
from mslg_core.neighbours.index import Floats, to_vectors
from mslg_core.ranking.verified import select_all


def compare_images(
    keys: Indices,
    data: TrainingSet,
    properties: Properties,
    config: TrainingConfig,
    cache: FeatureCache | None = None,
) -> Comparison:
    """Compare the images of `data`, whose samples have `keys` int64 [N] and `properties` [N].

    The features are those that a head is trained on; where a network is trained instead, patch features.
    Raises `WeightsError`.
    """
    return compare(keys, properties, to_vectors(_extract(data, config, cache)))


def find_issues_of_run(comparison: Comparison, data: TrainingSet, suggestion: Indices) -> Issues:
    """The issues of the samples of `data`. `suggestion` int64 [N]: the run's."""
    verified = select_all(data)
    labels, likely = data.given.copy(), suggestion.copy()
    labels[verified.index] = likely[verified.index] = verified.labels
    return find_issues(comparison, labels, likely)


def _extract(data: TrainingSet, config: TrainingConfig, cache: FeatureCache | None) -> Floats:
    """Features [N, R]."""
    if config.backbone is Backbone.TRAIN:
        config = config.model_copy(update={"backbone": Backbone.PATCHES})
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    features = Features(data.images, data.given, config, device, cache)
    everything = torch.arange(data.num_samples, device=device)
    return features.plain(everything).cpu().numpy()
