"""The GPU script, run on the CPU, and its process pool."""

import importlib.util
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks import gpu
from benchmarks.cifar10.cells import Cell
from benchmarks.common.pool import Outcome, run_all, run_until
from benchmarks.problems.problem import Noise
from benchmarks.speed import parity
from mslg_core.configs.base import Method, Preset
from tests.benchmarks.tasks import square
from tests.benchmarks.tiny import write_parquet


def test_a_failing_run_does_not_affect_the_others() -> None:
    tasks = [partial(square, number) for number in (3, -1, 5)]
    outcomes = run_until(time.monotonic() + 120, tasks, 2, lambda number, _: number != 2)
    found = {outcome.number: outcome for outcome in outcomes}
    assert found.keys() == {0, 1}
    assert found[0].value == 9
    assert "no negative numbers" in (found[1].error or "")


def test_runs_are_killed_at_the_deadline() -> None:
    started = time.monotonic()
    assert list(run_until(started + 2, [partial(time.sleep, 600)], 1, lambda *_: True)) == []
    assert time.monotonic() - started < 60


def test_parallel_jobs_return_the_same_results() -> None:
    tasks = [partial(square, number) for number in (2, 3)]
    assert sorted(run_all(tasks, 1)) == sorted(run_all(tasks, 2)) == [4, 9]


def test_cells_are_ordered_by_importance() -> None:
    cells: list[Cell] = gpu.table_cells(tiny=False)
    assert len(cells) == 4 * 9 * 12
    assert {(cell.method, cell.preset, cell.seed) for cell in cells[:9]} == {(Method.MSLG, Preset.PAPER, 0)}
    assert {(cell.method, cell.preset) for cell in cells[9:18]} == {(Method.MSLG, None)}
    assert len({cell.method for cell in cells[18:108]}) == 10
    assert (cells[0].noise, cells[0].images, cells[0].verified) == (Noise.NONE, 50_000, 5_000)


def test_the_script_writes_result_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def outcomes(
        _: float, tasks: Sequence[object], jobs: int, worth: Callable[[int, float], bool]
    ) -> Iterator[Outcome]:
        assert jobs == 1
        assert worth(0, 1.0)
        record: dict[str, Any] = {"cell": gpu.table_cells(tiny=True)[0].key(), "test_accuracy": 0.5}
        yield Outcome(0, record, None, 3.0)
        assert not worth(0, 2.0)
        yield Outcome(1, None, "broken", 1.0)

    monkeypatch.setattr("benchmarks.common.pool.run_until", outcomes)
    monkeypatch.setattr("benchmarks.speed.steps.run", lambda **_: [{"net": "cnn8"}])
    data = write_parquet(tmp_path / "c.parquet")
    options = ["--data", str(data), "--out", str(tmp_path / "out"), "--tiny", "--device", "cpu"]
    gpu.main(options)
    printed = capsys.readouterr().out
    assert "mslg, clean, preset paper, seed 0: test accuracy 50.00%" in printed
    assert "FAILED:\nbroken" in printed
    for name in ("parity-cpu.json", "steps-cpu.json", "cifar10-cpu.json"):
        assert {"commit", "hardware"} <= json.loads((tmp_path / "out" / name).read_text())[0].keys()
    gpu.main([*options, "--cells-only"])
    assert "431 cells to train" in capsys.readouterr().out


def test_missing_requirements_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="is not a file"):
        gpu.main(["--data", str(tmp_path / "missing.parquet")])
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pydantic" else find(name))
    with pytest.raises(SystemExit, match="missing: pydantic"):
        gpu.main(["--data", str(tmp_path / "missing.parquet")])


def test_float32_matches_the_meta_gradient_of_float64() -> None:
    records = parity.measure("cpu", batch=8, side=8)
    errors = {(r["mode"], r["precision"]): r["relative_error"] for r in records}
    assert errors["exact", "cpu, float32"] < 1e-3
    assert errors["last_layer", "cpu, float32"] < 1e-3
    assert len(errors) == 4
