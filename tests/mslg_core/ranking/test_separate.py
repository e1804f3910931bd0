"""Verified images without a given label: evidence about predictions, none about given labels."""

import numpy as np
import pytest

from mslg_core.configs.job import parse_config
from mslg_core.images.training_set import NO_LABEL, TrainingSet
from mslg_core.ranking.auto_accept import Evaluation, decide, evaluate
from mslg_core.ranking.calibration import calibrate
from mslg_core.ranking.ranking import rank_labels
from mslg_core.ranking.reliability import measure_top
from mslg_core.ranking.verified import Verified
from mslg_core.training.trainer import Trainer
from tests.mslg_core.training_sets import make_training_set

NONE = np.empty(0, dtype=np.int64)


def make_evaluation(separate: int, right: int, flagged: int, **counts: int) -> Evaluation:
    """An evaluation of 1,000 ranked samples; all separate samples are held out."""
    labelled = {
        name: counts.get(name, 0)
        for name in (
            "holdout_size",
            "given_right",
            "fixes",
            "breaks",
            "verified",
            "verified_fixes",
            "verified_breaks",
        )
    }
    return Evaluation(
        **labelled,
        separate_holdout=separate,
        separate_holdout_right=right,
        separate=separate,
        separate_right=right,
        ranked=1000,
        flagged=flagged,
    )


def test_they_are_not_ranked() -> None:
    probabilities = np.array([[0.1, 0.9], [0.9, 0.1], [0.2, 0.8]], dtype=np.float32)
    ranking = rank_labels(probabilities, np.array([0, NO_LABEL, 1]))
    assert ranking.rank.tolist() == [1, 0, 2]
    assert ranking.suggestion.tolist() == [1, 0, 1]
    assert ranking.is_label_issue.tolist() == [True, False, False]


def test_they_count_as_neither_fix_nor_break_nor_right_given_label() -> None:
    given = np.array([0, NO_LABEL, NO_LABEL, 1])
    meta = Verified(np.array([0, 1]), np.array([1, 1]))
    holdout = Verified(np.array([2, 3]), np.array([0, 1]))
    found = evaluate(given, meta, np.array([1, 0]), holdout, np.array([0, 1]))
    assert (found.holdout_size, found.given_right, found.verified, found.verified_fixes) == (1, 1, 2, 1)
    assert (found.separate_holdout, found.separate_holdout_right) == (1, 1)
    assert (found.separate, found.separate_right) == (2, 1)
    assert found.merit == 1.0


@pytest.mark.parametrize(
    ("separate", "right", "flagged", "accept"),
    [
        (100, 97, 300, True),  # 30 % would change, at most 6.5 % of the predictions are wrong
        (100, 97, 100, False),  # 10 % would change: too few to tell
        (100, 80, 300, False),  # at most 26 % are wrong
        (5, 5, 300, False),  # too few verified images: at most 25 % are wrong
        (20, 20, 300, True),
    ],
)
def test_suggestions_are_applied_if_they_change_more_labels_than_predictions_can_be_wrong(
    separate: int, right: int, flagged: int, accept: bool
) -> None:
    decision = decide(make_evaluation(separate, right, flagged))
    assert decision.accept is accept, decision.reason
    assert f"{right} of the {separate} verified images" in decision.reason


def test_several_methods_need_stronger_evidence() -> None:
    evaluation = make_evaluation(20, 20, 200)
    assert decide(evaluation).accept
    assert not decide(evaluation, methods=10).accept


def test_labels_that_suggestions_make_worse_outweigh_them() -> None:
    counts = {"holdout_size": 20, "given_right": 20, "breaks": 5, "verified": 20, "verified_breaks": 5}
    assert not decide(make_evaluation(100, 97, 300, **counts)).accept


def test_verified_samples_with_a_given_label_can_still_decide() -> None:
    counts = {"holdout_size": 20, "given_right": 10, "fixes": 5, "verified": 20, "verified_fixes": 5}
    decision = decide(make_evaluation(10, 5, 100, **counts))
    assert decision.accept
    assert "sign test" in decision.reason


def test_they_leave_the_weight_of_given_labels_alone() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 300)
    predictions = np.full((300, 3), 0.1, dtype=np.float32)
    predictions[np.arange(300), true] = 0.8
    given = true.copy()
    given[:100] = NO_LABEL
    separate = Verified(np.arange(100), true[:100])
    empty = Verified(NONE, NONE)
    alone = calibrate(predictions, predictions, given, separate, empty)
    changed = given.copy()
    changed[100:] = (changed[100:] + 1) % 3  # predictions contradict every given label
    other = calibrate(predictions, predictions, changed, separate, empty)
    assert (alone.probabilities.argmax(axis=1) == true).all()
    assert (other.probabilities.argmax(axis=1) == true).all()


def test_held_out_ones_are_calibrated_without_a_given_label() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 200)
    predictions = rng.dirichlet(np.ones(3), 200).astype(np.float32)
    given = true.copy()  # every given label is right
    labelled, alone = np.arange(50, 100), np.arange(50)
    holdout = Verified(np.arange(100), true[:100])
    given[alone] = NO_LABEL
    found = calibrate(predictions, predictions, given, Verified(NONE, NONE), holdout).holdout
    assert np.mean(found[labelled].argmax(axis=1) == true[labelled]) == 1.0
    assert np.mean(found[alone].argmax(axis=1) == true[alone]) < 0.7


def test_the_top_of_the_ranking_is_a_share_of_the_ranked_samples() -> None:
    rank = np.r_[np.zeros(100, dtype=np.int64), np.arange(1, 101)]
    given = np.r_[np.full(100, NO_LABEL), np.zeros(100, dtype=np.int64)]
    holdout = Verified(np.array([100, 199]), np.array([1, 0]))
    top = measure_top(rank, given, holdout)
    assert [row.k for row in top] == [1, 5, 10, 20]
    assert top[0].errors is not None
    assert (top[0].errors.n, top[0].errors.value) == (1, 1.0)


def as_separate(data: TrainingSet) -> TrainingSet:
    """The same samples; the verified ones have no given label."""
    given = data.given.copy()
    given[data.meta_index] = given[data.holdout_index] = NO_LABEL
    return TrainingSet(
        data.images,
        given,
        data.classes,
        data.meta_index,
        data.meta_labels,
        data.holdout_index,
        data.holdout_labels,
    )


@pytest.mark.parametrize("method", ["mslg", "co_teaching", "forward", "mlnt", "auto"])
def test_a_run_learns_from_them_and_ranks_the_others(method: str) -> None:
    from mslg_core.training.model_selection import make_trainer

    data = as_separate(make_training_set(120)[0])
    config = {"method": method, "epochs": 3, "warmup_epochs": 1}
    if method == "auto":
        config |= {"candidates": ["mslg", "cross_entropy"]}
    trainer = make_trainer(data, parse_config(config))
    for _ in trainer.run():
        pass
    result = trainer.result()
    assert np.flatnonzero(result.rank == 0).tolist() == np.flatnonzero(~data.has_given).tolist()
    assert not result.is_label_issue[~data.has_given].any()
    summary = result.summary
    assert summary.num_samples == len(data.ranked_index) == int(np.sum(summary.confusion))
    assert summary.holdout.given_accuracy is None
    assert summary.holdout.separate == 30
    assert not np.isin(result.suspected_errors.index, np.flatnonzero(~data.has_given)).any()


def test_no_method_trains_on_them_as_noisy_samples() -> None:
    data = as_separate(make_training_set(120)[0])
    assert data.has_given[data.noisy_index].all()
    trainer = Trainer(data, parse_config({"epochs": 1}))
    assert len(trainer._loop._noisy) == 90
