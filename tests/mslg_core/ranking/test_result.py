"""From evidence to a result: which predictions are used, and how labels known to be wrong are ranked."""

import dataclasses

import numpy as np
import pytest

from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.calibration import Calibrated, calibrate
from mslg_core.ranking.error_budget import inflation
from mslg_core.ranking.ranking import rank_labels
from mslg_core.ranking.verified import select_holdout, select_random_meta
from tests.mslg_core.evidence import conclude_from
from tests.mslg_core.training_sets import make_training_set


def predict(true: np.ndarray, right: float) -> np.ndarray:
    """Predictions of the true class for a share `right` of the samples, of the next class for the others."""
    wrong = np.random.default_rng(0).random(len(true)) > right
    return np.where(np.eye(3)[(true + wrong) % 3] > 0, 0.8, 0.1).astype(np.float32)


def calibrate_again(data: TrainingSet, predictions: np.ndarray) -> Calibrated:
    """The calibration behind `conclude_from`."""
    uninformed = np.full_like(predictions, 1 / data.num_classes)
    return calibrate(predictions, uninformed, data.given, select_random_meta(data), select_holdout(data))


def measure_inflation(soft_labels: np.ndarray, data: TrainingSet) -> float:
    """The error budget's inflation, as store and API compute it from the rows of a result."""
    ranking = rank_labels(soft_labels, data.given)
    flagged = ranking.is_label_issue[data.holdout_index]
    suggested = ranking.suggestion[data.holdout_index][flagged]
    confidence = soft_labels[data.holdout_index[flagged], suggested]
    return inflation(confidence, suggested == data.holdout_labels[flagged], len(flagged))


@pytest.fixture
def case() -> tuple[TrainingSet, np.ndarray]:
    return make_training_set(num_samples=240)


def test_the_methods_predictions_are_used_if_they_are_better(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    result = conclude_from(data, predict(true, 0.95), predict(true, 0.5))
    assert result.summary.fallback_reason is None
    assert np.mean(result.suggestion == true) > 0.9


def test_a_run_that_got_worse_falls_back_to_its_warm_up(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    worse, better = predict(true, 0.3), predict(true, 0.95)
    result = conclude_from(data, worse, better)
    assert "the warm-up's predictions" in (result.summary.fallback_reason or "")
    alone = conclude_from(data, better)
    assert result.soft_labels.tobytes() == alone.soft_labels.tobytes()


def test_the_score_is_the_probability_of_the_given_label(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    result = conclude_from(data, predict(true, 0.8))
    own = result.soft_labels[np.arange(len(true)), data.given]
    assert result.label_score.tobytes() == own.tobytes()
    assert (result.is_label_issue == (result.soft_labels.argmax(axis=1) != data.given)).all()


def test_the_rows_of_verified_samples_are_cross_fitted(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    predictions = predict(true, 0.8)
    calibrated = calibrate_again(data, predictions)
    result = conclude_from(data, predictions)
    for index, expected in (
        (data.meta_index, calibrated.meta),
        (data.holdout_index, calibrated.holdout),
    ):
        assert result.soft_labels[index].tobytes() == expected.tobytes()
        assert np.abs(expected - calibrated.probabilities[index]).max() > 1e-3
    verified = np.concatenate([data.meta_index, data.holdout_index])
    others = np.setdiff1d(np.arange(len(true)), verified)
    assert result.soft_labels[others].tobytes() == calibrated.probabilities[others].tobytes()


def test_samples_that_are_not_random_keep_their_probabilities(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    data = dataclasses.replace(data, not_random=data.meta_index[:10])
    calibrated = calibrate_again(data, predict(true, 0.8))
    result = conclude_from(data, predict(true, 0.8))
    own = data.not_random
    assert result.soft_labels[own].tobytes() == calibrated.probabilities[own].tobytes()


def test_the_inflation_of_the_error_budget_is_out_of_sample() -> None:
    data, true = make_training_set(num_samples=240, rate=0.4)
    predictions = predict(true, 0.95) ** 4  # certain enough to be evidence about accepted suggestions
    predictions /= predictions.sum(axis=1, keepdims=True)
    calibrated = calibrate_again(data, predictions)
    cross_fitted = calibrated.probabilities.copy()
    cross_fitted[data.holdout_index] = calibrated.holdout
    found = measure_inflation(conclude_from(data, predictions).soft_labels, data)
    assert found == measure_inflation(cross_fitted, data)
    assert found > measure_inflation(calibrated.probabilities, data) + 0.01


def test_nonrandom_samples_are_excluded_from_evaluation(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    predictions = predict(true, 0.9)
    wrong = data.meta_index[data.given[data.meta_index] != true[data.meta_index]]
    right = np.setdiff1d(data.meta_index, wrong)
    all_random = conclude_from(data, predictions).summary.holdout
    only_right = conclude_from(dataclasses.replace(data, not_random=wrong), predictions).summary.holdout
    assert all_random.verified == len(data.meta_index) + len(data.holdout_index)
    assert only_right.verified == len(right) + len(data.holdout_index)
    assert all_random.verified_fixes > all_random.fixes
    assert only_right.verified_fixes == only_right.fixes


def test_labels_known_to_be_wrong_rank_first_and_are_not_suggested(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    wrong = np.setdiff1d(np.flatnonzero(data.given != true), [*data.meta_index, *data.holdout_index])[:4]
    known = dataclasses.replace(data, known_wrong=wrong)
    result = conclude_from(known, predict(true, 0.2))
    assert sorted(result.rank[wrong]) == [1, 2, 3, 4]
    assert (result.label_score[wrong] == 0).all()
    assert (result.suggestion[wrong] != data.given[wrong]).all()
    np.testing.assert_allclose(result.soft_labels[wrong].sum(axis=1), 1, atol=1e-5)


def test_summary_counts_add_up(case: tuple[TrainingSet, np.ndarray]) -> None:
    data, true = case
    result = conclude_from(data, predict(true, 0.9))
    summary = result.summary
    assert (summary.num_samples, summary.num_issues) == (240, int(result.is_label_issue.sum()))
    assert sum(summary.histogram.counts) == 240
    assert sum(summary.histogram.issue_counts) == summary.num_issues
    assert [sum(row) for row in summary.confusion] == np.bincount(data.given).tolist()
    assert [c.given for c in summary.per_class] == np.bincount(data.given).tolist()
    assert [c.suggested for c in summary.per_class] == np.bincount(result.suggestion).tolist()
    assert sum(c.issues for c in summary.per_class) == summary.num_issues


def test_corrected_accuracy_is_that_of_the_labels_an_export_gives(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    helped = conclude_from(data, predict(true, 0.99)).summary
    assert helped.auto_accept
    assert helped.holdout.corrected_accuracy == helped.holdout.suggestion_accuracy
    useless = conclude_from(data, np.full((240, 3), 1 / 3, dtype=np.float32)).summary
    assert not useless.auto_accept
    assert useless.holdout.corrected_accuracy == useless.holdout.given_accuracy


def test_trajectories_and_neighbours_are_those_of_the_suggestions(
    case: tuple[TrainingSet, np.ndarray],
) -> None:
    data, true = case
    result = conclude_from(data, predict(true, 0.9))
    np.testing.assert_array_equal(result.trajectories[:, 0, 1], result.suggestion)
    np.testing.assert_array_equal(result.neighbours[:, 1, 0], result.suggestion)
