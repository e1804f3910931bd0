"""`mslg bench` on a few small images, and its errors for invalid options."""

import importlib.util
import json
from pathlib import Path

import pytest

import mslg_cli
from tests.benchmarks.cifar10.test_replica import record as replica_record
from tests.benchmarks.test_report import case_record
from tests.benchmarks.tiny import write_parquet

SHORT = '{"epochs": 2, "warmup_epochs": 1, "batch_size": 16, "network": "cnn8"}'


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """The exit status of `mslg bench`."""
    monkeypatch.setattr("sys.argv", ["mslg", "bench", *options])
    with pytest.raises(SystemExit) as stopped:
        mslg_cli.main()
    return int(stopped.value.code or 0)


def test_cells_are_appended_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MSLG_CIFAR10", str(write_parquet(tmp_path / "c.parquet")))
    options = ["cifar10", "--method", "cross_entropy", "--seeds", "1", "--images", "40", "--side", "8"]
    options += ["--verified", "10", "--settings", SHORT, "--device", "cpu", "--results", str(tmp_path)]
    assert run(monkeypatch, *options) == 0
    assert "cross_entropy, uniform 40%, seed 0: test accuracy" in capsys.readouterr().out
    (record,) = json.loads((tmp_path / "cifar10-cpu.json").read_text())
    assert record["cell"]["settings"]["epochs"] == 2
    assert run(monkeypatch, "report", "--results", str(tmp_path), "--out", str(tmp_path / "r.md")) == 0
    assert "cross_entropy, uniform 40 %, 40 images of 8 px" in (tmp_path / "r.md").read_text()


def test_the_replica_runs_its_table_or_figure_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MSLG_CIFAR10", str(write_parquet(tmp_path / "c.parquet")))
    monkeypatch.setattr(
        "benchmarks.cifar10.replica.load_and_measure", lambda cell, *_: replica_record(cell, 0.4)
    )
    options = ["cifar10", "--seeds", "1", "--device", "cpu", "--results", str(tmp_path)]
    assert run(monkeypatch, *options, "--replica", "--method", "pencil") == 0
    assert capsys.readouterr().out.startswith(
        "pencil, authors 80%, seed 0, 250 verified: test accuracy 40.00%"
    )
    assert len(json.loads((tmp_path / "replica-cpu.json").read_text())) == 9
    assert run(monkeypatch, *options, "--figure2") == 0
    assert "mslg, authors 20%, seed 0, 5 verified" in capsys.readouterr().out


def test_compare_and_grid_run_on_digits_without_a_data_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.compare.compare.run_case", lambda case, *_: case_record(case))
    for options in (["compare", "--seeds", "2"], ["grid", "--only", "digits", "--only", "0.4"]):
        assert run(monkeypatch, *options, "--device", "cpu", "--results", str(tmp_path)) == 0
        printed = capsys.readouterr().out
        assert all(cleaner in printed for cleaner in ("mslg", "cleanlab", "loss", "vote"))
    assert len(json.loads((tmp_path / "compare-cpu.json").read_text())) == 2
    assert len(json.loads((tmp_path / "grid.json").read_text())) == 2 * 3


def test_noise_shows_the_flips_of_both_generators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MSLG_CIFAR10", str(write_parquet(tmp_path / "c.parquet")))
    assert run(monkeypatch, "noise", "--images", "60", "--results", str(tmp_path)) == 0
    assert "| authors' feature 80 % |" in capsys.readouterr().out
    assert len(json.loads((tmp_path / "noise.json").read_text())) == 8


def test_review_prints_the_decisions_needed_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = '{"epochs": 2, "warmup_epochs": 1, "backbone": "patches"}'
    options = ["review", "--images", "120", "--settings", settings, "--device", "cpu"]
    assert run(monkeypatch, *options, "--json", "--results", str(tmp_path)) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("digits, uniform 30%, seed 0: 70.00% of the labels are right.")
    line = json.loads(printed[-1])
    assert (line["source"], line["images"], line["seeds"]) == ("digits", 120, 1)
    assert set(line["needed"]["cleanlab"]) == {"90", "95", "98"}
    assert len(printed) == 1 + len(line["needed"]) + 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["cifar10"], "--data or MSLG_CIFAR10"),
        (["cifar10", "--data", "missing.parquet"], "--data or MSLG_CIFAR10"),
        (["cifar10", "--method", "magic"], "magic"),
        (["cifar10", "--method", "auto", "--data", __file__], "name one of them"),
        (["compare", "--noise", "magic"], "noise"),
        (["compare", "--settings", "{"], "not valid JSON"),
        (["compare", "--settings", "[]"], "JSON object"),
        (["compare", "--source", "cifar10"], "--data or MSLG_CIFAR10"),
        (["grid", "--only", "magic"], "magic"),
    ],
)
def test_invalid_options_are_reported(
    options: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MSLG_CIFAR10", raising=False)
    assert run(monkeypatch, *options) == 2
    error = capsys.readouterr().err
    assert error.startswith("Error: ")
    assert message in error


def test_without_benchmarks_the_command_names_the_checkout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert run(monkeypatch, "report") == 2
    assert "checkout" in capsys.readouterr().err
