"""A run that chooses its method: table, time budget, resuming."""

from collections.abc import Iterator

import numpy as np
import pytest

from mslg_core.configs.auto import AutoConfig
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import MslgConfig
from mslg_core.errors import CheckpointError, ConfigError, DivergedError
from mslg_core.images.training_set import TrainingSet
from mslg_core.ranking.auto_accept import Evaluation
from mslg_core.reports import Candidate, EpochReport
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.model_selection import AutoTrainer, candidate_config, make_trainer
from mslg_core.training.trainer import Trainer
from mslg_core.training.trials import Trial, make_table
from tests.mslg_core.training_sets import make_training_set

CANDIDATES = ["cross_entropy", "mslg", "generalized_ce"]


def make_auto(training_set: TrainingSet | None = None, **settings: object) -> AutoTrainer:
    """A short run with three candidates."""
    defaults = {"candidates": CANDIDATES, "epochs": 3, "warmup_epochs": 1, "batch_size": 32}
    config = parse_config({"method": "auto", **defaults, **settings})
    trainer = make_trainer(training_set or make_training_set(60)[0], config, "cpu")
    assert isinstance(trainer, AutoTrainer)
    return trainer


def table(trainer: AutoTrainer) -> list[Candidate]:
    rows = trainer.result().summary.model_selection
    assert rows is not None
    return rows


def test_every_candidate_is_tried_and_the_best_is_kept() -> None:
    trainer = make_auto()
    reports = list(trainer.run())
    assert [r.epoch for r in reports] == list(range(1, 10))
    assert {r.epochs for r in reports} == {9}
    assert reports[-1].eta_seconds == 0
    assert reports[0].eta_seconds > 0
    rows = table(trainer)
    assert [row.method for row in rows] == [Method(name) for name in CANDIDATES]
    (chosen,) = [row for row in rows if row.chosen]
    assert chosen.suggestion_accuracy == max(row.suggestion_accuracy or 0 for row in rows)
    summary = trainer.result().summary
    assert chosen.auto_accept == summary.auto_accept
    assert "best of 3 methods it needs 0.033" in summary.auto_accept_reason
    alone = Trainer(trainer.training_set, candidate_config(trainer.config, chosen.method), "cpu")
    list(alone.run())
    assert alone.result().soft_labels.tobytes() == trainer.result().soft_labels.tobytes()


@pytest.mark.parametrize("stop", [2, 3, 5, 9])
def test_stop_and_resume_is_the_same_run_to_the_bit(stop: int) -> None:
    whole = make_auto()
    epochs = [report.epoch for report in whole.run()]
    first, second = make_auto(), make_auto()
    seen = []
    for report in first.run():
        seen.append(report.epoch)
        if report.epoch == stop:
            break
    load_checkpoint(second, dump_checkpoint(first))
    assert seen + [report.epoch for report in second.run()] == epochs
    ours, theirs = second.result(), whole.result()
    assert ours.soft_labels.tobytes() == theirs.soft_labels.tobytes()
    assert ours.rank.dtype == theirs.rank.dtype
    quick = {"seconds": 0.0}
    assert [r.model_copy(update=quick) for r in table(second)] == [
        r.model_copy(update=quick) for r in table(whole)
    ]
    with pytest.raises(CheckpointError):
        load_checkpoint(make_auto(seed=1), dump_checkpoint(first))


def test_the_budget_excludes_candidates_and_the_table_shows_it() -> None:
    trainer = make_auto(time_budget=1e-6)
    assert {report.epochs for report in trainer.run()} == {3}
    rows = table(trainer)
    assert [row.chosen for row in rows] == [True, False, False]
    assert all("time budget" in row.note and row.corrected_accuracy is None for row in rows[1:])


def test_without_a_holdout_mslg_runs_alone() -> None:
    data, none = make_training_set(60)[0], np.empty(0, dtype=np.int64)
    object.__setattr__(data, "holdout_index", none)
    object.__setattr__(data, "holdout_labels", none)
    trainer = make_auto(data)
    assert len(list(trainer.run())) == 3
    (row,) = table(trainer)
    assert (row.method, row.chosen) == (Method.MSLG, True)
    assert "no hold-out" in row.note


def test_a_candidate_that_diverges_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_or_diverge(trainer: Trainer) -> Iterator[EpochReport]:
        if trainer.config.method in diverging:
            raise DivergedError("for a test")
        yield from run(trainer)

    diverging = {Method.CROSS_ENTROPY}
    run = Trainer.run
    monkeypatch.setattr(Trainer, "run", run_or_diverge)
    trainer = make_auto()
    assert [report.epoch for report in trainer.run()] == list(range(1, 7))
    assert table(trainer)[0].note == "The training diverged."
    diverging.update(Method)
    with pytest.raises(DivergedError):
        list(make_auto().run())


def test_ties_go_to_mslg_then_to_the_first() -> None:
    def trial(method: Method, right: int) -> Trial:
        return Trial(method, "", 1.0, Evaluation(4, right, 0, 0, 4, 0, 0))

    def chosen(trials: list[Trial]) -> list[Method]:
        return [row.method for row in make_table(trials) if row.chosen]

    trials = [trial(Method.PENCIL, 4), trial(Method.MLNT, 4), trial(Method.MSLG, 4), trial(Method.FORWARD, 3)]
    assert chosen(trials) == [Method.MSLG]
    assert chosen([*trials[:2], trials[3]]) == [Method.PENCIL]
    assert chosen([trials[3], *trials[1::-1]]) == [Method.MLNT]


def test_candidates_share_the_settings_of_any_training() -> None:
    config = parse_config({"method": "auto", "seed": 4, "horizontal_flip": True})
    assert isinstance(config, AutoConfig)
    assert candidate_config(config, Method.MSLG) == MslgConfig(seed=4, horizontal_flip=True)
    with pytest.raises(TypeError):
        Trainer(make_training_set(30)[0], config, "cpu")
    for candidates in (["auto"], ["mslg", "mslg"], []):
        with pytest.raises(ConfigError):
            parse_config({"method": "auto", "candidates": candidates})
