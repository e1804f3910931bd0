"""Metrics, peers and result files."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import results
from benchmarks.common.errors import BenchmarkError
from benchmarks.compare.peers import cleanlab, folds, plain_config, rank_by_loss
from benchmarks.problems.figures import Cleaning, label_figures
from benchmarks.problems.training import as_cleaning, train
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import CrossEntropyConfig
from tests.benchmarks.tiny import make_problem

CONFIG = parse_config({"epochs": 3, "warmup_epochs": 2, "batch_size": 16, "network": "cnn8"})


def test_a_perfect_cleaning_has_perfect_metrics() -> None:
    problem = make_problem()
    right = problem.given == problem.true
    figures = label_figures(problem, Cleaning(right.astype(np.float32), problem.true, problem.true, 1.26))
    wrong = np.mean(~right[problem.unseen])
    assert figures["auroc"] == figures["average_precision"] == figures["precision_top_5"] == 1
    assert figures["label_accuracy_after"] == figures["suggestion_accuracy"] == 1
    assert figures["label_accuracy_before"] == pytest.approx(1 - wrong, abs=1e-4)
    assert figures["found_in_10"] == pytest.approx(6 / (60 * wrong), abs=1e-4)
    assert figures["found_in_40"] == 1
    assert figures["seconds"] == 1.3


def test_undefined_metrics_are_none_and_not_nan() -> None:
    problem = make_problem(rate=0.0)
    figures = label_figures(problem, Cleaning(np.zeros(90), problem.true, problem.true, 1.0))
    assert figures["auroc"] is None
    json.dumps(figures, allow_nan=False)


def test_peers_know_the_verified_labels_and_never_flag_them() -> None:
    problem = make_problem()
    ours = train(problem.training_set(), CONFIG, problem, "cpu")
    assert len(ours.curve.test) == len(ours.curve.holdout) == 3
    assert ours.curve.best_by_holdout in ours.curve.test
    plain = plain_config(CONFIG, ours.trainer.plan)
    assert isinstance(plain, CrossEntropyConfig)
    assert plain.epochs == 3
    for cleaning in (
        as_cleaning(problem, ours),
        rank_by_loss(problem, plain, "cpu"),
        cleanlab(problem, plain, "cpu"),
    ):
        assert cleaning.score.shape == problem.true.shape
        assert (cleaning.corrected[problem.verified] == problem.true[problem.verified]).all()
        assert cleaning.seconds > 0


def test_a_missing_cleanlab_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    with pytest.raises(BenchmarkError, match="pip install"):
        cleanlab(make_problem(), CONFIG, "cpu")


def test_folds_are_stratified() -> None:
    labels = np.arange(90, dtype=np.int64) % 3
    parts = folds(labels, 5, seed=0)
    assert sorted(np.concatenate(parts)) == list(range(90))
    assert {tuple(np.bincount(labels[part])) for part in parts} == {(6, 6, 6)}


def test_results_are_appended_as_valid_json(tmp_path: Path) -> None:
    path = tmp_path / "new" / "table.json"
    for number in range(3):
        results.append(path, {"number": number})
    assert json.loads(path.read_text()) == results.read(path) == [{"number": n} for n in range(3)]
    assert len(path.read_text().splitlines()) == 5
    path.write_text("broken")
    with pytest.raises(BenchmarkError, match="not a file of results"):
        results.read(path)


def test_results_have_a_provenance() -> None:
    source = results.provenance("cpu")
    assert set(source) == {"commit", "hardware", "versions"}
    assert "torch" in source["versions"]
