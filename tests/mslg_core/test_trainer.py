"""What every method must hold: shapes, distributions, determinism, exact resume, clean stop."""

import io
from itertools import islice

import numpy as np
import pytest
import torch

from mslg_core.configs import Method, parse_config
from mslg_core.errors import CheckpointError, DivergedError
from mslg_core.methods import METHODS
from mslg_core.trainer import CleaningResult, Trainer, dump_checkpoint, load_checkpoint
from tests.mslg_core.training_sets import make_training_set

every_method = pytest.mark.parametrize("method", list(METHODS))


def make_trainer(method: Method, **settings: object) -> Trainer:
    """A short run."""
    defaults = {"epochs": 4, "warmup_epochs": 2, "batch_size": 32}
    return Trainer(make_training_set(60)[0], parse_config({"method": method, **defaults, **settings}), "cpu")


def assert_same(one: CleaningResult, other: CleaningResult) -> None:
    """Equal to the bit."""
    assert one.soft_labels.tobytes() == other.soft_labels.tobytes()
    assert one.label_score.tobytes() == other.label_score.tobytes()
    assert one.summary == other.summary


def test_every_method_is_in_the_registry() -> None:
    assert set(METHODS) == set(Method)


@every_method
def test_shapes_distributions_and_reports(method: Method) -> None:
    trainer = make_trainer(method)
    reports = list(trainer.run())
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
def test_same_seed_same_result_whatever_the_global_generator(method: Method) -> None:
    results = []
    for global_seed in (1, 2):
        torch.manual_seed(global_seed)
        state = torch.get_rng_state()
        trainer = make_trainer(method, seed=7)
        list(trainer.run())
        assert torch.equal(state, torch.get_rng_state())
        results.append(trainer.result())
    assert_same(*results)
    other = make_trainer(method, seed=8)
    list(other.run())
    assert other.result().soft_labels.tobytes() != results[0].soft_labels.tobytes()


@every_method
@pytest.mark.parametrize("stop", [1, 2, 3])
def test_stop_and_resume_is_the_same_run_to_the_bit(method: Method, stop: int) -> None:
    whole = make_trainer(method)
    list(whole.run())
    first = make_trainer(method)
    assert len(list(islice(first.run(), stop))) == stop
    data = dump_checkpoint(first)
    second = make_trainer(method)
    load_checkpoint(second, data)
    assert [r.epoch for r in second.run()] == list(range(stop + 1, 5))
    assert_same(second.result(), whole.result())
    ours, theirs = second.state_dict()["model"], whole.state_dict()["model"]
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@every_method
def test_a_run_may_be_left_at_any_epoch(method: Method) -> None:
    trainer = make_trainer(method)
    for _ in trainer.run():
        break
    assert len(trainer.result().rank) == trainer.training_set.num_samples
    assert [r.epoch for r in trainer.run()] == [2, 3, 4]


@every_method
def test_checkpoints_load_safely_and_only_into_their_own_run(method: Method) -> None:
    data = dump_checkpoint(make_trainer(method))
    assert torch.load(io.BytesIO(data), weights_only=True)["epoch"] == 0
    with pytest.raises(CheckpointError):
        load_checkpoint(make_trainer(method, seed=1), data)
    with pytest.raises(CheckpointError):
        load_checkpoint(make_trainer(method), data[:100])


@every_method
def test_the_holdout_changes_nothing_but_the_summary(method: Method) -> None:
    whole, without = make_training_set(60)[0], make_training_set(60)[0]
    none = np.empty(0, dtype=np.int64)
    object.__setattr__(without, "holdout_index", none)
    object.__setattr__(without, "holdout_labels", none)
    results = []
    for data in (whole, without):
        trainer = Trainer(data, parse_config({"method": method, "epochs": 2, "warmup_epochs": 1}), "cpu")
        list(trainer.run())
        results.append(trainer.result())
    assert results[0].soft_labels.tobytes() == results[1].soft_labels.tobytes()
    assert not results[1].summary.auto_accept
    assert results[1].summary.holdout.given_accuracy is None


def test_divergence_is_said_and_not_ranked() -> None:
    data = make_training_set(60)[0]
    settings = {"epochs": 4, "warmup_epochs": 4, "learning_rate": 10, "momentum": 0.99, "weight_decay": 1}
    with pytest.raises(DivergedError):
        list(Trainer(data, parse_config(settings), "cpu").run())


def test_mslg_finds_and_mends_wrong_labels() -> None:
    data, true = make_training_set(num_samples=150)
    trainer = Trainer(data, parse_config({"epochs": 12, "warmup_epochs": 6, "batch_size": 32}), "cpu")
    reports = list(trainer.run())
    result = trainer.result()
    assert result.summary.num_issues > 0
    assert reports[-1].labels_changed > 0
    corrected = np.where(result.is_label_issue, result.suggestion, data.given)
    assert np.mean(corrected == true) > np.mean(data.given == true) + 0.1


def test_predictions_for_other_images_are_those_for_the_same_images_inside() -> None:
    trainer = make_trainer(Method.CROSS_ENTROPY)
    list(trainer.run())
    images = trainer.training_set.images
    inside = trainer._predict_all().numpy()
    np.testing.assert_allclose(trainer.predict(images), inside, atol=1e-6)
    np.testing.assert_allclose(trainer.predict(images[3:5]), inside[3:5], atol=1e-6)
