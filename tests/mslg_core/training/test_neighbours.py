"""The nearest verified samples of each sample."""

import dataclasses

import numpy as np
import pytest
import torch

from mslg_core.configs.job import parse_config
from mslg_core.images.training_set import TrainingSet
from mslg_core.training import neighbours
from mslg_core.training.neighbours import NEIGHBOURS, find_neighbours, sample_features
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set


@pytest.fixture(scope="module", params=["patches", "train"])
def case(request: pytest.FixtureRequest) -> tuple[TrainingSet, Trainer]:
    """A finished run."""
    data, _ = make_training_set(120)
    settings = {"backbone": request.param, "epochs": 2, "warmup_epochs": 1}
    trainer = Trainer(data, parse_config(settings), "cpu")
    list(trainer.run())
    return data, trainer


def compare_all(data: TrainingSet, features: torch.Tensor, sample: int, label: int) -> list[int]:
    """The same by comparing every pair."""
    index = np.concatenate([data.meta_index, data.holdout_index])
    labels = np.concatenate([data.meta_labels, data.holdout_labels])
    candidates = [i for i in index[labels == label].tolist() if i != sample]
    cosines = torch.cosine_similarity(features[sample], features[candidates])
    nearest = [candidates[i] for i in cosines.argsort(descending=True).tolist()][:NEIGHBOURS]
    return nearest + [-1] * (NEIGHBOURS - len(nearest))


def test_neighbours_are_the_nearest_verified_samples_of_both_classes(
    case: tuple[TrainingSet, Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, trainer = case
    result = trainer.result()
    assert result.neighbours.shape == (120, 2, NEIGHBOURS)
    features = sample_features(trainer._run)
    for sample in range(120):
        for column, label in enumerate((data.given[sample], result.suggestion[sample])):
            expected = compare_all(data, features, sample, label)
            assert result.neighbours[sample, column].tolist() == expected
    monkeypatch.setattr(neighbours, "MAX_PAIRS", 50)
    np.testing.assert_array_equal(find_neighbours(data, features, result.suggestion), result.neighbours)


def test_classes_with_few_verified_samples_have_few_neighbours(case: tuple[TrainingSet, Trainer]) -> None:
    data, trainer = case
    keep = np.array([*np.flatnonzero(data.meta_labels == 0)[:2], *np.flatnonzero(data.meta_labels == 1)])
    meta_index, meta_labels = data.meta_index[keep], data.meta_labels[keep]
    none = np.empty(0, dtype=np.int64)
    fewer = dataclasses.replace(
        data, meta_index=meta_index, meta_labels=meta_labels, holdout_index=none, holdout_labels=none
    )
    found = find_neighbours(fewer, sample_features(trainer._run), np.full(120, 2))
    assert (found[:, 1] == -1).all()
    of_zero = found[data.given == 0, 0]
    assert ((of_zero[:, :2] >= 0).all(axis=1) | (of_zero[:, 2:] == -1).all(axis=1)).all()
    samples = np.arange(120)[:, None, None]
    assert not (found == samples).any()
