"""Flips per pair of classes."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.cifar10.flips import FILE, count_flips, flips, run
from benchmarks.common import results
from benchmarks.problems.problem import Noise, make_noise
from tests.benchmarks.tiny import CLASSES, make_dataset, write_parquet


def test_flips_are_counted_by_true_and_given_class() -> None:
    dataset = make_dataset()
    given = make_noise(Noise.FEATURE, dataset, 0.4, 0)
    record = count_flips(dataset, Noise.FEATURE, 0.4)
    assert record["classes"] == list(CLASSES)
    for true in range(3):
        for label in range(3):
            expected = ((dataset.labels == true) & (given == label)).sum() if true != label else 0
            assert record["flips"][true][label] == expected


def test_both_generators_are_shown_at_every_rate(tmp_path: Path) -> None:
    records = list(run(write_parquet(tmp_path / "c.parquet"), 60, tmp_path / FILE))
    assert results.read(tmp_path / FILE) == records
    assert [np.sum(record["flips"]) for record in records] == [12, 24, 36, 48] * 2
    text = flips(records)
    for rate in (20, 40, 60, 80):
        assert f"| feature {rate} % |" in text
        assert f"| authors' feature {rate} % |" in text
    assert "60 images" in text
    ours, theirs = records[3]["flips"][0][1], records[7]["flips"][0][1]
    assert f"| a |  | {ours} / {theirs} |" in text


@pytest.mark.parametrize("missing", [0, 1])
def test_a_rate_is_shown_only_where_both_are_measured(tmp_path: Path, missing: int) -> None:
    records = list(run(write_parquet(tmp_path / "c.parquet"), 60, tmp_path / FILE))
    text = flips([record for record in records if record["rate"] == 0.4][missing:])
    assert ("feature 40 %" in text) == (missing == 0)
    assert "feature 20 %" not in text
