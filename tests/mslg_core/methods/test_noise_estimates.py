"""Estimates of the noise use the randomly verified samples only, not those that a ranking selected."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.images.training_set import Indices, TrainingSet
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

RANDOM, RANKED = 40, 60
NONE: Indices = np.empty(0, dtype=np.int64)


def make_ranked_set(rate: float) -> tuple[TrainingSet, float]:
    """A set whose meta set is 40 random samples and 60 that a ranking selected, 45 of them with wrong labels;
    and the share of wrong labels in the random part.
    """
    data, true = make_training_set(400, rate=rate)
    wrong, right = np.flatnonzero(data.given != true), np.flatnonzero(data.given == true)
    ranked = np.concatenate([wrong[:45], right[:15]])
    random = np.setdiff1d(np.random.default_rng(1).permutation(400), ranked)[:RANDOM]
    meta = np.concatenate([random, ranked])
    parts = {"meta_index": meta, "meta_labels": true[meta], "not_random": ranked}
    share = float(np.mean(data.given[random] != true[random]))
    return replace(data, **parts, holdout_index=NONE, holdout_labels=NONE), share


def make_method(method: Method, data: TrainingSet, **settings: object) -> Any:
    return Trainer(data, parse_config({"method": method, "network": "cnn8", **settings}), "cpu")._method


def forget_rate(data: TrainingSet, **settings: object) -> float:
    """The share that co-teaching withholds at the end of its ramp."""
    method = make_method(Method.CO_TEACHING, data, **settings)
    method.begin_epoch(999)
    return 1 - float(method._keep)


@pytest.mark.parametrize("rate", [0.15, 0.5])
def test_forget_rate_is_estimated_from_random_samples(rate: float) -> None:
    data, share = make_ranked_set(rate)
    assert forget_rate(data) == pytest.approx((RANDOM * share + 1) / (RANDOM + 5))
    assert forget_rate(replace(data, not_random=NONE)) > forget_rate(data) + 0.05


def test_forget_rate_is_typical_without_random_samples_and_never_overrides_a_known_one() -> None:
    data, _ = make_ranked_set(0.5)
    ranked = replace(data, not_random=data.meta_index)
    assert forget_rate(ranked) == pytest.approx(0.2)
    assert forget_rate(replace(ranked, meta_index=NONE, meta_labels=NONE, not_random=NONE)) == pytest.approx(
        0.2
    )
    assert forget_rate(data, forget_rate=0.5) == pytest.approx(0.5)


def transition(data: TrainingSet) -> torch.Tensor:
    method = make_method(Method.FORWARD, data)
    method.begin_epoch(0)
    estimated: torch.Tensor = method.transition
    return estimated


def test_transition_matrix_ignores_samples_that_a_ranking_selected() -> None:
    data, _ = make_ranked_set(0.2)
    shifted = (data.meta_labels + 1) % 3
    random = np.arange(RANDOM + RANKED) < RANDOM
    relabelled = [
        replace(data, meta_labels=np.where(part, shifted, data.meta_labels)) for part in (~random, random)
    ]
    assert torch.equal(transition(relabelled[0]), transition(data))
    assert not torch.allclose(transition(relabelled[1]), transition(data))
    assert torch.allclose(transition(data).sum(dim=1), torch.ones(3))
