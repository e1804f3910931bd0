"""Step sizes, schedules and regularisation that follow a method's source."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.methods.joint_optimization import JointOptimization
from mslg_core.methods.meta_weight_net import MetaWeightNet
from mslg_core.methods.metalearning.metagradient import step_ahead
from mslg_core.methods.pencil import Pencil
from mslg_core.models.class_table import to_dense
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

FIRST_RATE, LATER_RATE = 0.02, 0.005
SHORT = {"epochs": 2, "warmup_epochs": 1, "batch_size": 32, "network": "cnn8"}


def make_trainer(method: Method, **settings: object) -> Trainer:
    return Trainer(make_training_set(60)[0], parse_config({"method": method, **SHORT, **settings}), "cpu")


@pytest.mark.parametrize(
    ("method", "settings", "expected"),
    [
        (Method.MSLG, {}, FIRST_RATE),
        (Method.MLNT, {}, FIRST_RATE),
        (Method.META_WEIGHT_NET, {}, LATER_RATE),
        *((method, {"alpha": 0.3}, 0.3) for method in (Method.MSLG, Method.MLNT, Method.META_WEIGHT_NET)),
    ],
)
def test_alpha_is_the_first_or_the_current_rate_as_in_the_sources(
    monkeypatch: pytest.MonkeyPatch, method: Method, settings: dict[str, Any], expected: float
) -> None:
    used: list[float] = []
    module = "mlnt" if method is Method.MLNT else "metalearning.metagradient"
    name = f"mslg_core.methods.{module}.step_ahead"

    def record(params: Any, loss: torch.Tensor, alpha: float) -> Any:
        used.append(alpha)
        return step_ahead(params, loss, alpha)

    monkeypatch.setattr(name, record)
    rates = {"learning_rate": FIRST_RATE, "learning_rate_steps": [[1, LATER_RATE]]}
    list(make_trainer(method, **rates, **settings).run())
    assert used
    assert set(used) == {expected}


def test_the_weighting_network_decays() -> None:
    method: MetaWeightNet = make_trainer(Method.META_WEIGHT_NET)._method  # type: ignore[assignment]
    before = [parameter.detach().clone() for parameter in method.weighting.parameters()]
    method._learn(method.weigh(torch.ones(4)), torch.zeros(4))
    for old, new in zip(before, method.weighting.parameters(), strict=True):
        assert new.norm() < old.norm()


@pytest.mark.parametrize("augment", [True, False])
def test_meta_images_are_augmented_on_request(augment: bool) -> None:
    run = make_trainer(Method.MSLG)._method.run
    batch = run.draw_meta_batch(None, augment=augment)
    assert len(batch.images) == len(batch.labels) == run.meta_index.numel()
    plain = {tuple(image.flatten().tolist()) for image in run.images.plain(run.meta_index)}
    unchanged = [tuple(image.flatten().tolist()) in plain for image in batch.images]
    assert all(unchanged) is not augment


def test_joint_optimisation_keeps_the_given_labels_for_its_first_epochs() -> None:
    trainer = make_trainer(Method.JOINT_OPTIMIZATION, epochs=4, warmup_epochs=0, given_epochs=2)
    method: JointOptimization = trainer._method  # type: ignore[assignment]
    noisy = trainer.training_set.noisy_index
    given, labels, predictions = trainer.soft_labels()[noisy], [], []
    for _ in trainer.run():
        labels.append(to_dense(method.labels).numpy()[noisy].copy())
        predictions.append(to_dense(method.predictions).numpy()[noisy].copy())
    np.testing.assert_array_equal(labels[1], given)
    np.testing.assert_array_equal(labels[2], predictions[1])
    np.testing.assert_allclose(labels[3], (predictions[1] + predictions[2]) / 2, rtol=1e-5, atol=1e-7)


def test_pencil_learns_labels_for_its_first_epochs_only() -> None:
    trainer = make_trainer(Method.PENCIL, epochs=4, warmup_epochs=1, label_epochs=1)
    method: Pencil = trainer._method  # type: ignore[assignment]
    logits = [to_dense(method.labels.logits).clone() for _ in trainer.run()]
    moved = [not torch.equal(one, other) for one, other in pairwise(logits)]
    assert moved == [True, False, False]


def test_pencil_averages_the_networks_loss_over_the_classes_on_request() -> None:
    index = torch.arange(32)
    settings = {"shift": 0, "label_rate": 1e-9}
    losses = [
        float(make_trainer(Method.PENCIL, average_over_classes=flag, **settings)._method.step(index))
        for flag in (False, True)
    ]
    assert losses[1] == pytest.approx(losses[0] / 3)
