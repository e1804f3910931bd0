"""Suspected label errors among verified samples."""

import dataclasses

import numpy as np
import pytest

from mslg_core.configs.job import parse_config
from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.suspected_errors import RATIO, find_suspected_errors
from mslg_core.ranking.verified import Verified
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.model_selection import make_trainer
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

PATCHES = {"backbone": "patches", "epochs": 2, "warmup_epochs": 1}
NONE = np.empty(0, dtype=np.int64)


def contaminate(data: TrainingSet, per_part: int) -> tuple[TrainingSet, set[int]]:
    """Wrong verifications in the meta set and the hold-out: the class after the true one."""
    meta, holdout = data.meta_labels.copy(), data.holdout_labels.copy()
    meta[:per_part], holdout[:per_part] = (meta[:per_part] + 1) % 3, (holdout[:per_part] + 1) % 3
    bad = {*data.meta_index[:per_part].tolist(), *data.holdout_index[:per_part].tolist()}
    return dataclasses.replace(data, meta_labels=meta, holdout_labels=holdout), bad


def test_another_class_must_be_far_more_probable() -> None:
    even = np.array([[0.5, 0.25, 0.25], [0.97, 0.015, 0.015], [0.98, 0.01, 0.01]], dtype=np.float32)
    samples = np.array([2, 1, 0])
    assert find_suspected_errors(even, Verified(samples, np.zeros(3, dtype=np.int64))).index.tolist() == []
    found = find_suspected_errors(even, Verified(samples, np.array([1, 2, 1])))
    assert found.index.tolist() == [2, 1]
    assert found.settled.tolist() == [1, 2]
    assert found.suggested.tolist() == [0, 0]
    assert (found.probability < 1 / RATIO).all()
    assert np.diff(found.probability) > 0
    assert len(find_suspected_errors(even, Verified(NONE, NONE)).index) == 0


def test_wrong_verifications_are_found_in_both_splits_and_among_ranked_samples() -> None:
    clean, true = make_training_set(240)
    data, bad = contaminate(clean, 2)
    data = dataclasses.replace(data, not_random=data.meta_index[:10])
    trainer = Trainer(data, parse_config(PATCHES), "cpu")
    list(trainer.run())
    suspected_errors = trainer.result().suspected_errors
    assert set(suspected_errors.index.tolist()) == bad
    assert (suspected_errors.suggested == true[suspected_errors.index]).all()


def test_correct_verifications_are_not_suspected() -> None:
    trainer = Trainer(make_training_set(240)[0], parse_config(PATCHES), "cpu")
    list(trainer.run())
    assert len(trainer.result().suspected_errors.index) == 0


@pytest.mark.parametrize("stop", [2, 3])
def test_suspected_errors_survive_a_checkpoint_of_several_methods(stop: int) -> None:
    data, _ = contaminate(make_training_set(240)[0], 2)
    config = parse_config({**PATCHES, "method": "auto", "candidates": ["cross_entropy", "mslg"]})
    first, second, whole = (make_trainer(data, config, "cpu") for _ in range(3))
    for report in first.run():
        if report.epoch == stop:
            break
    load_checkpoint(second, dump_checkpoint(first))
    for trainer in (second, whole):
        list(trainer.run())
    ours, theirs = second.result().suspected_errors, whole.result().suspected_errors
    assert len(ours.index)
    for field in dataclasses.fields(ours):
        assert getattr(ours, field.name).tobytes() == getattr(theirs, field.name).tobytes()
