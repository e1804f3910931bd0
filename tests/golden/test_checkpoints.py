"""Checkpoints and models written before the packages were redrawn still load.

They hold runs on 60 images: `checkpoint-mslg` after 4 of 6 epochs, `checkpoint-auto` after 5 of 8, when the
first of its two candidates had ended. Results are compared within a tolerance, because floating-point results
differ between CPUs.
"""

import dataclasses
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.images.training_set import TrainingSet
from mslg_core.methods.registry import METHODS
from mslg_core.ranking.result import CleaningResult
from mslg_core.reports import Candidate, Summary
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.model_selection import AutoTrainer, make_trainer
from mslg_core.training.trainer import Trainer
from mslg_core.training.warm_start import COLD_START, Start, StartingPoint
from tests.mslg_core.training_sets import make_training_set

STORED = Path(__file__).parent / "stored"
MSLG: dict[str, Any] = {"backbone": "patches", "epochs": 6, "warmup_epochs": 2, "batch_size": 32}
AUTO: dict[str, Any] = {
    "method": "auto",
    "backbone": "patches",
    "candidates": ["cross_entropy", "mslg"],
    "epochs": 4,
    "warmup_epochs": 2,
    "batch_size": 32,
    "time_budget": 60,
}
TOLERANCE = 1e-4


def read_stored(name: str) -> bytes:
    return gzip.decompress((STORED / f"{name}.pt.gz").read_bytes())


def make_run(settings: dict[str, Any], start: Start = COLD_START) -> Trainer | AutoTrainer:
    return make_trainer(training_set(), parse_config(settings), "cpu", start=start)


def training_set() -> TrainingSet:
    return make_training_set(60)[0]


def assert_equal_results(ours: CleaningResult, theirs: CleaningResult) -> None:
    for name in ("soft_labels", "label_score"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=TOLERANCE)
    for name in ("suggestion", "rank", "is_label_issue", "neighbours"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    # Steps of 1/255: a rounding error moves a probability by one step.
    np.testing.assert_allclose(ours.trajectories.astype(int), theirs.trajectories.astype(int), atol=1)
    assert len(theirs.suspected_errors.index)
    for field in dataclasses.fields(ours.suspected_errors):
        expected = getattr(theirs.suspected_errors, field.name)
        np.testing.assert_allclose(getattr(ours.suspected_errors, field.name), expected, atol=TOLERANCE)
    assert_equal_summaries(ours.summary, theirs.summary)


def assert_equal_summaries(ours: Summary, theirs: Summary) -> None:
    exclude = {"model_selection"}
    found = list(leaves(ours.model_dump(exclude=exclude)))
    for (path, value), (_, expected) in zip(found, leaves(theirs.model_dump(exclude=exclude)), strict=True):
        assert value == (pytest.approx(expected, abs=TOLERANCE) if expected is not None else None), path


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The plain values in nested dictionaries and lists, with their place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


@pytest.mark.parametrize(("name", "settings", "epoch"), [("mslg", MSLG, 4), ("auto", AUTO, 5)])
def test_a_stored_checkpoint_goes_on_to_the_result_of_an_uninterrupted_run(
    name: str, settings: dict[str, Any], epoch: int
) -> None:
    whole, resumed = make_run(settings), make_run(settings)
    epochs = [report.epoch for report in whole.run()]
    load_checkpoint(resumed, read_stored(f"checkpoint-{name}"))
    assert [report.epoch for report in resumed.run()] == epochs[epoch:]
    assert_equal_results(resumed.result(), whole.result())
    assert_equal_weights(resumed.starting_point(), whole.starting_point())


def assert_equal_weights(ours: StartingPoint, theirs: StartingPoint) -> None:
    assert ours.weights.keys() == theirs.weights.keys()
    for name, value in theirs.weights.items():
        np.testing.assert_allclose(ours.weights[name], value, atol=TOLERANCE, rtol=TOLERANCE)


def test_a_stored_checkpoint_keeps_the_candidates_that_have_ended() -> None:
    def rows(trainer: Trainer | AutoTrainer) -> list[dict[str, Any]]:
        table: list[Candidate] = trainer.result().summary.model_selection or []
        return [row.model_dump(exclude={"note", "seconds"}) for row in table]

    whole, resumed = make_run(AUTO), make_run(AUTO)
    for report in whole.run():
        if report.epoch == 5:
            break
    load_checkpoint(resumed, read_stored("checkpoint-auto"))
    assert [row["method"] for row in rows(resumed)] == ["cross_entropy"]
    assert rows(resumed) == rows(whole)
    # The stored candidate holds its verified rows as they were then, not cross-fitted.
    unverified = np.setdiff1d(np.arange(60), [*training_set().meta_index, *training_set().holdout_index])
    ours, theirs = (trainer.result().soft_labels[unverified] for trainer in (resumed, whole))
    np.testing.assert_allclose(ours, theirs, atol=TOLERANCE)
    again = make_run(AUTO)
    load_checkpoint(again, dump_checkpoint(resumed))
    assert rows(again) == rows(resumed)


def test_a_stored_model_starts_a_run() -> None:
    stored = StartingPoint.from_bytes(read_stored("model-mslg"))
    kind, digest = stored.trained_on.split()
    assert kind == "head"
    assert len(digest) == 64
    # The digest of the extracted features is portable only to the bit, so this CPU's takes its place.
    point = dataclasses.replace(stored, trained_on=make_run(MSLG).starting_point().trained_on)
    warm = make_run(MSLG, Start(point))
    assert len(list(warm.run())) == 5
    assert (warm.result().summary.warm_started, warm.result().summary.start_note) == (True, None)


@pytest.mark.parametrize("method", METHODS)
def test_a_run_is_recognised_by_checkpoints_of_format_2(method: Method) -> None:
    stored = json.loads((STORED / "fingerprints.json").read_text())
    trainer = make_run({**MSLG, "method": method})
    assert trainer.state_dict()["fingerprint"] == stored[method]
