"""Compares the images of a dataset before a run: extracts their features, finds neighbours and duplicates."""

import torch

from mslg_core.configs.base import Backbone, TrainingConfig
from mslg_core.features.cache import FeatureCache
from mslg_core.features.chunks import Raw
from mslg_core.features.extraction import Hooks
from mslg_core.features.features import Features
from mslg_core.features.image_properties import PropertyMeasurer, as_properties
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.issues.comparison import Comparison, compare
from mslg_core.issues.find import Issues, find_issues
from mslg_core.neighbours.index import Floats, to_vectors
from mslg_core.ranking.verified import select_all


def compare_images(
    keys: Indices,
    data: TrainingSet,
    config: TrainingConfig,
    cache: FeatureCache | None = None,
    hooks: Hooks | None = None,
) -> Comparison:
    """Compare the images of `data`, whose samples have `keys` int64 [N].

    The features are those that a head is trained on; where a network is trained instead, patch features.
    With `cache` and `hooks`, which must measure properties, a run extracts nothing again. Raises
    `WeightsError`, `DamagedImagesError`.
    """
    features, measures = extract_values(data, config, cache, hooks or Hooks(measurer=PropertyMeasurer()))
    return compare(keys, as_properties(measures), to_vectors(features))


def extract_values(
    data: TrainingSet, config: TrainingConfig, cache: FeatureCache | None, hooks: Hooks
) -> tuple[Floats, Raw]:
    """Features float32 [N, R] by which the images of `data` are compared, and what `hooks` measured.

    Raises `WeightsError`, `DamagedImagesError`.
    """
    features = _extract(data, config, cache, hooks)
    values = features.plain(torch.arange(data.num_samples, device=features.device))
    return values.cpu().numpy(), features.measures


def find_issues_of_run(comparison: Comparison, data: TrainingSet, suggestion: Indices) -> Issues:
    """The issues of the samples of `data`. `suggestion` int64 [N]: the run's."""
    verified = select_all(data)
    labels, likely = data.given.copy(), suggestion.copy()
    labels[verified.index] = likely[verified.index] = verified.labels
    return find_issues(comparison, labels, likely)


def _extract(data: TrainingSet, config: TrainingConfig, cache: FeatureCache | None, hooks: Hooks) -> Features:
    if config.backbone is Backbone.TRAIN:
        config = config.model_copy(update={"backbone": Backbone.PATCHES})
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return Features(data.images, data.given, config, device, cache, hooks)
