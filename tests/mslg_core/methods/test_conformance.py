"""Requirements of every method: shapes, distributions, determinism, exact resume, a falling loss."""

import functools
import io
from itertools import islice

import numpy as np
import pytest
import torch

from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.errors import CheckpointError
from mslg_core.methods.registry import METHODS
from mslg_core.ranking.result import CleaningResult
from mslg_core.reports import EpochReport
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

every_method = pytest.mark.parametrize("method", list(METHODS))

# Settings that a method cannot estimate after two epochs of warm-up.
INFORMED: dict[Method, dict[str, object]] = {
    Method.FORWARD: {"transition": [[0.8, 0.2, 0], [0, 0.8, 0.2], [0.2, 0, 0.8]]}
}


def make_trainer(method: Method, **settings: object) -> Trainer:
    """A short run: two epochs of warm-up, two of the method."""
    defaults = {"epochs": 4, "warmup_epochs": 2, "batch_size": 32, "network": "cnn8"}
    return Trainer(make_training_set(60)[0], parse_config({"method": method, **defaults, **settings}), "cpu")


@functools.cache
def whole_run(method: Method) -> tuple[Trainer, tuple[EpochReport, ...]]:
    """A finished run that the tests share, and its reports."""
    trainer = make_trainer(method)
    return trainer, tuple(trainer.run())


def assert_same(one: CleaningResult, other: CleaningResult) -> None:
    """Equal to the bit, except for suspected errors."""
    assert one.soft_labels.tobytes() == other.soft_labels.tobytes()
    assert one.label_score.tobytes() == other.label_score.tobytes()
    assert one.trajectories.tobytes() == other.trajectories.tobytes()
    assert one.neighbours.tobytes() == other.neighbours.tobytes()
    assert one.summary == other.summary


def test_every_method_is_in_the_registry() -> None:
    assert set(METHODS) == set(Method) - {Method.AUTO}


@every_method
def test_shapes_distributions_and_reports(method: Method) -> None:
    trainer, reports = whole_run(method)
    n, c = trainer.training_set.num_samples, trainer.training_set.num_classes
    assert [r.epoch for r in reports] == [1, 2, 3, 4]
    assert [r.phase for r in reports] == ["warm_up"] * 2 + [METHODS[method].phase] * 2
    assert reports[-1].eta_seconds == 0
    assert all(np.isfinite(r.train_loss) for r in reports)
    result = trainer.result()
    for soft in (result.soft_labels, trainer.soft_labels()):
        assert soft.shape == (n, c)
        assert soft.dtype == np.float32
        assert (soft >= 0).all()
        np.testing.assert_allclose(soft.sum(axis=1), 1, atol=1e-5)
    assert sorted(result.rank) == list(range(1, n + 1))
    assert result.label_score.min() >= 0
    assert result.label_score.max() <= 1
    assert (np.diff(result.label_score[np.argsort(result.rank)]) >= 0).all()
    assert (result.is_label_issue <= (result.suggestion != trainer.training_set.given)).all()
    assert sum(result.summary.histogram.counts) == n == np.sum(result.summary.confusion)


@every_method
def test_the_seed_determines_the_result_and_the_global_generator_is_untouched(method: Method) -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    again = make_trainer(method)
    list(again.run())
    assert torch.equal(state, torch.get_rng_state())
    whole = whole_run(method)[0].result()
    assert_same(again.result(), whole)
    other = make_trainer(method, seed=8)
    list(other.run())
    assert other.result().soft_labels.tobytes() != whole.soft_labels.tobytes()


@every_method
@pytest.mark.parametrize("stop", [1, 2, 3])
def test_stop_and_resume_is_the_same_run_to_the_bit(method: Method, stop: int) -> None:
    whole = whole_run(method)[0]
    first = make_trainer(method)
    assert len(list(islice(first.run(), stop))) == stop
    assert len(first.result().rank) == first.training_set.num_samples
    second = make_trainer(method)
    load_checkpoint(second, dump_checkpoint(first))
    assert [r.epoch for r in second.run()] == list(range(stop + 1, 5))
    assert_same(second.result(), whole.result())
    assert second.soft_labels().tobytes() == whole.soft_labels().tobytes()
    ours, theirs = second.state_dict()["model"], whole.state_dict()["model"]
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@every_method
def test_checkpoints_load_safely_and_only_into_their_own_run(method: Method) -> None:
    data = dump_checkpoint(make_trainer(method))
    assert torch.load(io.BytesIO(data), weights_only=True)["epoch"] == 0
    with pytest.raises(CheckpointError):
        load_checkpoint(make_trainer(method, seed=1), data)
    with pytest.raises(CheckpointError):
        load_checkpoint(make_trainer(method), data[:100])


@every_method
def test_nothing_is_learned_from_the_holdout(method: Method) -> None:
    learned = []
    for keep in (True, False):
        data = make_training_set(30)[0]
        if not keep:
            none = np.empty(0, dtype=np.int64)
            object.__setattr__(data, "holdout_index", none)
            object.__setattr__(data, "holdout_labels", none)
        trainer = Trainer(
            data, parse_config({"method": method, "epochs": 2, "warmup_epochs": 1, "network": "cnn8"}), "cpu"
        )
        list(trainer.run())
        weights = [parameter.tolist() for parameter in trainer._run.model.parameters()]
        learned.append((weights, trainer.soft_labels().tobytes()))
    assert learned[0] == learned[1]
    summary = trainer.result().summary
    assert not summary.auto_accept
    assert summary.holdout.given_accuracy is None


@every_method
def test_runs_without_verified_samples(method: Method) -> None:
    data = make_training_set(30)[0]
    none = np.empty(0, dtype=np.int64)
    for name in ("meta_index", "meta_labels"):
        object.__setattr__(data, name, none)
    trainer = Trainer(
        data, parse_config({"method": method, "epochs": 2, "warmup_epochs": 1, "network": "cnn8"}), "cpu"
    )
    phase = METHODS[method].phase
    assert [r.phase for r in trainer.run()] == ["warm_up", "warm_up" if phase == "meta" else phase]
    assert np.isfinite(trainer.soft_labels()).all()


@every_method
def test_steps_lower_the_methods_own_loss(method: Method) -> None:
    trainer = make_trainer(method, shift=0, **INFORMED.get(method, {}))
    list(islice(trainer.run(), 2))
    learned = trainer._method
    learned.begin_epoch(0)
    learned.run.model.train()
    losses = [float(learned.step(torch.arange(32))) for _ in range(8)]
    assert losses[-1] < losses[0]


@every_method
def test_runs_without_a_warm_up(method: Method) -> None:
    trainer = make_trainer(method, epochs=2, warmup_epochs=0)
    assert [report.phase for report in trainer.run()] == [METHODS[method].phase] * 2
    assert np.isfinite(trainer.result().soft_labels).all()
