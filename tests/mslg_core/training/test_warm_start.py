"""Runs that start from the weights of another run."""

import dataclasses
from itertools import islice

import numpy as np
import pytest
import torch

from mslg_core.configs.job import parse_config
from mslg_core.errors import CheckpointError
from mslg_core.images.training_set import TrainingSet
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.model_selection import AutoTrainer, make_trainer
from mslg_core.training.trainer import Trainer
from mslg_core.training.warm_start import COLD_START, MISFIT, Start, StartingPoint
from tests.mslg_core.training_sets import make_training_set

SETTINGS = {"epochs": 6, "warmup_epochs": 4, "batch_size": 32}


def run(data: TrainingSet, start: Start = COLD_START, **settings: object) -> Trainer | AutoTrainer:
    """A finished run."""
    trainer = make_trainer(data, parse_config({**SETTINGS, **settings}), "cpu", start=start)
    list(trainer.run())
    return trainer


@pytest.fixture(scope="module", params=["patches", "train"])
def backbone(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def learned(backbone: str) -> StartingPoint:
    """The weights of a run, through bytes."""
    point = run(make_training_set(90)[0], backbone=backbone).starting_point()
    return StartingPoint.from_bytes(point.to_bytes())


def test_a_warm_start_skips_half_of_the_warm_up(backbone: str, learned: StartingPoint) -> None:
    data, true = make_training_set(90)
    trainer = Trainer(data, parse_config({**SETTINGS, "backbone": backbone}), "cpu", start=Start(learned))
    model = trainer._run.model.state_dict()
    assert all(torch.equal(model[name], value) for name, value in learned.weights.items())
    reports = list(trainer.run())
    assert [report.phase for report in reports] == ["warm_up"] * 2 + ["meta"] * 2
    assert [report.epoch for report in reports] == [1, 2, 3, 4]
    assert reports[2].learning_rate < reports[1].learning_rate
    result = trainer.result()
    assert (result.summary.warm_started, result.summary.start_note) == (True, None)
    assert np.mean(result.suggestion == true) > 0.8


def test_a_warm_started_run_resumes_to_the_bit_and_only_with_its_start(
    backbone: str, learned: StartingPoint
) -> None:
    data, config = make_training_set(90)[0], parse_config({**SETTINGS, "backbone": backbone})
    whole, first, second = (Trainer(data, config, "cpu", start=Start(learned)) for _ in range(3))
    list(whole.run())
    list(islice(first.run(), 3))
    state = dump_checkpoint(first)
    load_checkpoint(second, state)
    assert [report.epoch for report in second.run()] == [4]
    ours, theirs = second.result(), whole.result()
    for name in ("soft_labels", "trajectories", "neighbours"):
        assert getattr(ours, name).tobytes() == getattr(theirs, name).tobytes()
    with pytest.raises(CheckpointError):
        load_checkpoint(Trainer(data, config, "cpu"), state)


def test_weights_that_do_not_fit_are_ignored(backbone: str, learned: StartingPoint) -> None:
    data = make_training_set(90)[0]
    cold = run(data, backbone=backbone).result()
    assert (cold.summary.warm_started, cold.summary.start_note) == (False, None)
    elsewhere = dataclasses.replace(learned, trained_on="other features")
    larger = dataclasses.replace(
        learned, weights={k: torch.stack([v, v]) for k, v in learned.weights.items()}
    )
    for point in (elsewhere, larger):
        result = run(data, Start(point), backbone=backbone).result()
        assert (result.summary.warm_started, result.summary.start_note) == (False, MISFIT)
        assert result.soft_labels.tobytes() == cold.soft_labels.tobytes()


def test_a_head_does_not_start_from_features_of_other_images(backbone: str, learned: StartingPoint) -> None:
    trainer = run(make_training_set(90, seed=1)[0], Start(learned), backbone=backbone)
    assert trainer.result().summary.warm_started is (backbone == "train")


def test_every_candidate_of_auto_starts_warm_and_the_best_is_kept(learned: StartingPoint) -> None:
    settings = {"method": "auto", "candidates": ["cross_entropy", "mslg"], "backbone": "patches"}
    if "head" not in learned.trained_on:
        settings["backbone"] = "train"
    data, config = make_training_set(90)[0], parse_config({**SETTINGS, **settings})
    trainer = make_trainer(data, config, "cpu", start=Start(learned))
    assert [report.epoch for report in trainer.run()] == list(range(1, 9))
    summary = trainer.result().summary
    assert summary.warm_started
    (chosen,) = [row.method for row in summary.model_selection or [] if row.chosen]
    alone = run(data, Start(learned), backbone=settings["backbone"], method=chosen)
    again = make_trainer(data, config, "cpu", start=Start(learned))
    load_checkpoint(again, dump_checkpoint(trainer))
    for other in (alone, again):
        ours, theirs = trainer.starting_point(), other.starting_point()
        assert ours.digest() == theirs.digest()


def test_the_reason_for_a_cold_start_reaches_the_summary(backbone: str) -> None:
    result = run(make_training_set(90)[0], Start(note="No model."), backbone=backbone).result()
    assert (result.summary.warm_started, result.summary.start_note) == (False, "No model.")


def test_a_damaged_model_is_refused(learned: StartingPoint) -> None:
    for data in (learned.to_bytes()[:100], b""):
        with pytest.raises(CheckpointError):
            StartingPoint.from_bytes(data)
