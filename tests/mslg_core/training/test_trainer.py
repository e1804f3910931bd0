"""The trainer with any method: divergence, and that it corrects labels."""

import numpy as np
import pytest

from mslg_core.configs.job import parse_config
from mslg_core.errors import DivergedError
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set


def test_divergence_in_the_warm_up_is_an_error() -> None:
    data = make_training_set(60)[0]
    settings = {
        "epochs": 4,
        "warmup_epochs": 4,
        "learning_rate": 10,
        "momentum": 0.99,
        "weight_decay": 1,
        "network": "cnn8",
    }
    with pytest.raises(DivergedError):
        list(Trainer(data, parse_config(settings), "cpu").run())


def test_a_run_that_diverges_after_its_warm_up_keeps_the_epochs_before() -> None:
    data, true = make_training_set(90)
    settings = {"epochs": 40, "warmup_epochs": 6, "batch_size": 16, "network": "cnn8", "weight_decay": 1}
    explosion = {"learning_rate_steps": [[7, 10]], "momentum": 0.99}
    trainer = Trainer(data, parse_config(settings | explosion), "cpu")
    epochs = [report.epoch for report in trainer.run()]
    assert epochs == list(range(1, len(epochs) + 1))
    assert 7 <= len(epochs) < 40
    result = trainer.result()
    reason = result.summary.fallback_reason or ""
    assert f"The run ended in epoch {len(epochs) + 1}, which is excluded" in reason
    assert np.isfinite(result.soft_labels).all()
    assert np.mean(result.suggestion == true) > 0.5


@pytest.mark.parametrize("meta_gradient", ["exact", "last_layer"])
def test_mslg_corrects_wrong_labels(meta_gradient: str) -> None:
    data, true = make_training_set(num_samples=150)
    settings = {
        "epochs": 12,
        "warmup_epochs": 6,
        "batch_size": 32,
        "network": "cnn8",
        "meta_gradient": meta_gradient,
    }
    trainer = Trainer(data, parse_config(settings), "cpu")
    reports = list(trainer.run())
    result = trainer.result()
    assert result.summary.num_issues > 0
    assert reports[-1].labels_changed > 0
    corrected = np.where(result.is_label_issue, result.suggestion, data.given)
    assert np.mean(corrected == true) > np.mean(data.given == true) + 0.1
