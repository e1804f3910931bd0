"""The kept predictions of a run: sums of late epochs, trajectories of bounded size."""

from functools import partial

import numpy as np
import pytest
import torch

from mslg_core.configs.methods import MslgConfig
from mslg_core.configs.plan import make_plan
from mslg_core.training.prediction_history import KEPT_CLASSES, MAX_KEPT_EPOCHS, PredictionHistory

GIVEN = torch.tensor([0, 1, 2, 0, 1])


def make_history(num_classes: int, epochs: int, warmup: int, *, early: bool = True) -> PredictionHistory:
    """A history of five samples."""
    config = MslgConfig(epochs=epochs, warmup_epochs=warmup)
    return PredictionHistory(GIVEN, num_classes, make_plan(config, 5, 8, gpu=False), early=early)


def parts(num_classes: int, epoch: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The predictions of one epoch in two parts."""
    predicted = predictions(num_classes, epoch)
    return [(index, predicted[index]) for index in torch.split(torch.arange(5), 3)]


def predictions(num_classes: int, epoch: int) -> torch.Tensor:
    """Predictions [5, C] that differ between epochs."""
    generator = torch.Generator().manual_seed(epoch)
    return (3 * torch.randn(5, num_classes, generator=generator)).softmax(dim=1)


@pytest.mark.parametrize(("early", "kept"), [(True, [1, 2, 3, 4, 5, 6, 7, 8]), (False, [3, 4, 6, 7, 8])])
def test_early_epochs_are_predicted_only_if_that_is_cheap(early: bool, kept: list[int]) -> None:
    history = make_history(3, 8, 4, early=early)
    predicted: list[int] = []
    for epoch in range(1, 9):

        def predict(epoch: int = epoch) -> list[tuple[torch.Tensor, torch.Tensor]]:
            predicted.append(epoch)
            return parts(3, epoch)

        history.record(epoch, predict)
    assert predicted == kept
    warm_up, later = history.averages()
    assert warm_up is not None
    assert later is not None
    np.testing.assert_allclose(warm_up, (predictions(3, 3) + predictions(3, 4)) / 2, atol=1e-6)
    np.testing.assert_allclose(later, sum(predictions(3, e) for e in (6, 7, 8)) / 3, atol=1e-6)
    assert history.trajectories(np.zeros(5, dtype=np.int64)).shape == (5, len(kept), 2)


@pytest.mark.parametrize("num_classes", [3, 40])
def test_trajectories_hold_the_given_label_and_the_suggestion(num_classes: int) -> None:
    history = make_history(num_classes, 4, 2)
    for epoch in range(1, 5):
        history.record(epoch, partial(parts, num_classes, epoch))
    suggestion = predictions(num_classes, 3).argmax(dim=1)
    found = history.trajectories(suggestion.numpy())
    assert found.dtype == np.uint8
    for epoch in range(1, 5):
        then = predictions(num_classes, epoch)
        own = then.gather(1, GIVEN.unsqueeze(1))[:, 0]
        np.testing.assert_allclose(found[:, epoch - 1, 0] / 255, own, atol=0.5 / 255 + 1e-6)
        theirs = then.gather(1, suggestion.unsqueeze(1))[:, 0]
        if num_classes > KEPT_CLASSES:
            listed = (then > theirs.unsqueeze(1)).sum(dim=1) < KEPT_CLASSES
            theirs = torch.where(listed | (suggestion == GIVEN), theirs, 0)
        np.testing.assert_allclose(found[:, epoch - 1, 1] / 255, theirs, atol=0.5 / 255 + 1e-6)


def test_a_long_run_keeps_evenly_spaced_epochs() -> None:
    history = make_history(3, 1000, 10)
    for epoch in range(1, 1001):
        history.record(epoch, lambda: parts(3, 1))
    assert (
        MAX_KEPT_EPOCHS // 2 < history.trajectories(np.zeros(5, dtype=np.int64)).shape[1] <= MAX_KEPT_EPOCHS
    )


def test_an_empty_history() -> None:
    history = make_history(3, 4, 2)
    assert history.averages() == (None, None)
    assert history.trajectories(np.zeros(5, dtype=np.int64)).shape == (5, 0, 2)
