"""From predictions to a result: which predictions, and what becomes of labels known to be wrong."""

import dataclasses

import numpy as np
import pytest

from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.result import Predictions, conclude
from tests.mslg_core.training_sets import make_training_set


def predict(true: np.ndarray, right: float) -> np.ndarray:
    """Sure of the true class for a share of the samples, of the next one for the others."""
    wrong = np.random.default_rng(0).random(len(true)) > right
    return np.where(np.eye(3)[(true + wrong) % 3] > 0, 0.8, 0.1).astype(np.float32)


def know_nothing(true: np.ndarray) -> np.ndarray:
    """A read-out without any information."""
    return np.full((len(true), 3), 1 / 3, dtype=np.float32)


@pytest.fixture
def case() -> tuple[TrainingSet, np.ndarray]:
    return make_training_set(num_samples=240)


def test_the_methods_predictions_are_kept_where_they_are_better(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    result = conclude(data, Predictions(predict(true, 0.95), predict(true, 0.5), know_nothing(true)))
    assert result.summary.fallback_reason is None
    assert np.mean(result.suggestion == true) > 0.9


def test_a_run_that_got_worse_says_so_and_returns_its_warm_up(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    worse, better = predict(true, 0.3), predict(true, 0.95)
    result = conclude(data, Predictions(worse, better, know_nothing(true)))
    assert "the warm-up's predictions" in (result.summary.fallback_reason or "")
    alone = conclude(data, Predictions(better, None, know_nothing(true)))
    assert result.soft_labels.tobytes() == alone.soft_labels.tobytes()


def test_the_probability_of_the_given_label_is_the_score(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    result = conclude(data, Predictions(predict(true, 0.8), None, know_nothing(true)))
    own = result.soft_labels[np.arange(len(true)), data.given]
    assert result.label_score.tobytes() == own.tobytes()
    assert (result.is_label_issue == (result.soft_labels.argmax(axis=1) != data.given)).all()


def test_nothing_is_judged_by_samples_that_a_ranking_picked(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    predictions = Predictions(predict(true, 0.9), None, know_nothing(true))
    wrong = data.meta_index[data.given[data.meta_index] != true[data.meta_index]]
    right = np.setdiff1d(data.meta_index, wrong)
    all_random = conclude(data, predictions).summary.holdout
    only_right = conclude(dataclasses.replace(data, not_random=wrong), predictions).summary.holdout
    assert all_random.verified == len(data.meta_index) + len(data.holdout_index)
    assert only_right.verified == len(right) + len(data.holdout_index)
    assert all_random.verified_fixes > all_random.fixes
    assert only_right.verified_fixes == only_right.fixes


def test_labels_known_to_be_wrong_come_first_and_are_never_kept(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    wrong = np.setdiff1d(np.flatnonzero(data.given != true), [*data.meta_index, *data.holdout_index])[:4]
    known = dataclasses.replace(data, known_wrong=wrong)
    result = conclude(known, Predictions(predict(true, 0.2), None, know_nothing(true)))
    assert sorted(result.rank[wrong]) == [1, 2, 3, 4]
    assert (result.label_score[wrong] == 0).all()
    assert (result.suggestion[wrong] != data.given[wrong]).all()
    np.testing.assert_allclose(result.soft_labels[wrong].sum(axis=1), 1, atol=1e-5)
