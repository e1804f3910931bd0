"""The error budget on first jobs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import results
from benchmarks.problems.problem import Noise
from benchmarks.review import budget
from benchmarks.review.budget import BudgetCase, Source, all_cases, budget_table, run_case, summary
from benchmarks.review.tools import Policy, exported, spend_budget
from mslg_core.configs.job import parse_config
from mslg_core.features.cache import MemoryCache
from mslg_core.ranking.error_budget import accept, inflation
from mslg_core.training.model_selection import make_trainer
from tests.benchmarks.tiny import make_problem

CASE = BudgetCase(source=Source.DIGITS, noise=Noise.UNIFORM, rate=0.3, verified=60, seed=0, images=240)


def record(source: Source, accepted: int, wrong: int, seed: int = 0) -> results.Record:
    case = BudgetCase(source=source, noise=Noise.FEATURE, rate=0.2, verified=100, seed=seed, images=9)
    figures = {"flagged": 2 * accepted, "accepted": accepted, "wrong": wrong, "expected_error": 0.02}
    source_of = {"hardware": "CPU", "commit": "abc", "versions": {"torch": "2"}}
    return {"case": case.model_dump(mode="json"), **figures, **source_of}


def test_a_record_counts_the_wrong_among_the_accepted() -> None:
    problem = make_problem(240, rate=0.3, verified=60)
    found = run_case(CASE, problem, MemoryCache())
    assert 0 < found["accepted"] <= found["flagged"]
    assert found["wrong"] <= found["accepted"]
    assert 17 <= found["holdout"] <= 19
    assert found["inflation"] >= 1
    assert found["expected_error"] <= budget.MAX_ERROR
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert f"accepted {found['accepted']} of {found['flagged']} flagged" in summary(found)


def test_the_budget_is_spent_on_unverified_flagged_samples_by_out_of_sample_rows() -> None:
    problem = make_problem(240, rate=0.3, verified=60)
    data = problem.training_set()
    trainer = make_trainer(
        data, parse_config({"backbone": "patches", "epochs": 4, "warmup_epochs": 2}), "cpu"
    )
    list(trainer.run())
    result = trainer.result()
    spent = spend_budget(0.02, result, data, problem.verified)
    assert not np.isin(spent.samples, problem.verified).any()
    assert result.is_label_issue[spent.samples].all()

    held = data.holdout_index[result.is_label_issue[data.holdout_index]]
    suggested = result.suggestion[held]
    right = suggested == problem.true[held]
    assert spent.inflation == inflation(result.soft_labels[held, suggested], right, len(data.holdout_index))
    candidates = np.flatnonzero(result.is_label_issue & problem.unseen)
    confidence = result.soft_labels[candidates, result.suggestion[candidates]]
    assert len(spent.samples) == accept(confidence, 0.02, spent.inflation).count
    labels = exported(Policy.BUDGET, result, data, problem.verified)
    assert set(np.flatnonzero(labels != data.given)) == set(spent.samples)

    assert (exported(Policy.NOTHING, result, data, problem.verified) == data.given).all()
    for passed, expected in ((True, result.is_label_issue), (False, np.zeros_like(result.is_label_issue))):
        tested = replace(result, summary=result.summary.model_copy(update={"auto_accept": passed}))
        labels = exported(Policy.SIGN_TEST, tested, data, problem.verified)
        assert ((labels != data.given) == expected).all()


def test_the_table_pools_the_jobs_and_shows_the_worst() -> None:
    records = [
        record(Source.DIGITS, 200, 2),
        record(Source.DIGITS, 100, 4, seed=1),
        record(Source.CIFAR10, 4, 1),
        record(Source.PHOTOS, 0, 0),
    ]
    lines = budget_table(records).splitlines()
    assert [line.split(" | ")[:6] for line in lines[-4:]] == [
        ["| digits", "2", "600", "300", "6", "2.0 %"],
        ["| cifar10", "1", "8", "4", "1", "25.0 %"],
        ["| photos", "1", "0", "0", "0", "–"],
        ["| all", "4", "608", "304", "7", "2.3 %"],
    ]
    worst, worst_of_many = lines[-1].strip(" |").split(" | ")[-2:]
    assert worst == "1 of 4 (25.0 %): cifar10, feature 20 %, 100 verified, seed 0"
    assert worst_of_many == "4 of 100 (4.0 %): digits, feature 20 %, 100 verified, seed 1"


def test_every_source_has_at_least_eight_jobs_and_each_of_them_is_another() -> None:
    cases = all_cases(Source, seeds=1)
    assert len(set(cases)) == len(cases) >= 24
    assert all(sum(case.source is source for case in cases) >= 8 for source in Source)


def test_measured_jobs_are_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        budget,
        "load_and_run",
        lambda case, *_: record(Source.DIGITS, 10, 1) | {"case": case.model_dump(mode="json")},
    )
    monkeypatch.setattr("sys.argv", ["budget", "--results", str(tmp_path)])
    monkeypatch.setattr(budget, "budget_table", lambda records: f"{len(records)} records")
    for _ in range(2):
        budget.main()
    assert capsys.readouterr().out.count("accepted 10 of 20") == 12
    assert len(results.read(tmp_path / budget.FILE)) == 12


def test_the_help_page_shows_the_measured_table() -> None:
    page = results.FOLDER.parents[1] / "docs" / "explanation" / "review.md"
    records = results.read(results.FOLDER / budget.FILE)
    assert len(records) == 72
    assert budget_table(records) in page.read_text(encoding="utf-8")
    accepted, wrong = (sum(record[key] for record in records) for key in ("accepted", "wrong"))
    assert wrong <= budget.MAX_ERROR * accepted
