"""Cells and cases, from the image file to the result file."""

import json
from pathlib import Path

import pytest

from benchmarks.cifar10.cells import Cell, cell_config, make_problem, run_cell
from benchmarks.cifar10.paper import COLUMNS, TABLE_1
from benchmarks.cifar10.tables import reduced_cells, run_cells
from benchmarks.common import results
from benchmarks.common.errors import BenchmarkError
from benchmarks.compare.compare import Case, Source, collapsed, run_cases
from benchmarks.compare.grid import grid_cases
from benchmarks.problems.problem import Noise
from benchmarks.problems.training import Curve
from mslg_core.configs.base import Method, Preset
from mslg_core.configs.methods import CoTeachingConfig, ForwardConfig, MslgConfig
from tests.benchmarks.tiny import make_dataset, write_parquet

SHORT = {"epochs": 2, "warmup_epochs": 1, "batch_size": 16, "network": "cnn8"}


def tiny_cell(**fields: object) -> Cell:
    """A cell that takes a second."""
    return Cell.model_validate(
        {"images": 40, "side": 8, "verified": 10, "test_images": 30, "settings": SHORT} | fields
    )


def test_a_record_has_all_figures_of_the_tables() -> None:
    record = run_cell(tiny_cell(rate=0.4), make_dataset(40), "cpu")
    json.dumps(record, allow_nan=False)
    assert len(record["test_curve"]) == 2
    assert record["test_accuracy"] == record["test_curve"][-1]
    assert record["test_accuracy_after_warmup"] == record["test_curve"][0]
    assert record["test_accuracy_best_by_holdout"] in record["test_curve"]
    assert record["label_accuracy_before"] == pytest.approx(0.6, abs=0.1)
    assert record["config"]["epochs"] == 2


def test_verified_samples_are_drawn_from_the_noisy_ones_except_under_the_papers_preset() -> None:
    dataset = make_dataset(40)
    drawn, appended = (make_problem(tiny_cell(rate=0.4, preset=p), dataset) for p in (None, Preset.PAPER))
    assert (len(drawn.true), len(drawn.test_labels)) == (40, 30)
    assert (len(appended.true), len(appended.test_labels)) == (50, 15)
    assert (drawn.given != drawn.true).sum() == (appended.given != appended.true).sum() == 16
    assert (drawn.given != drawn.true)[drawn.verified].any()
    assert not (appended.given != appended.true)[appended.verified].any()


def test_a_cell_puts_labels_right() -> None:
    settings = {"backbone": "patches", "horizontal_flip": True}
    cell = tiny_cell(rate=0.4, images=200, verified=60, settings=settings)
    record = run_cell(cell, make_dataset(200), "cpu")
    assert record["auto_accept"]
    assert record["label_accuracy_before"] < 0.7
    assert record["label_accuracy_after"] > 0.9


def test_finished_cells_are_not_run_again(tmp_path: Path) -> None:
    data, out = write_parquet(tmp_path / "c.parquet"), tmp_path / "results.json"
    cells = [tiny_cell(seed=seed, method=Method.CROSS_ENTROPY) for seed in (0, 1)]
    assert len(list(run_cells(cells[:1], data, out, "cpu"))) == 1
    (record,) = run_cells(cells, data, out, "cpu")
    assert record["cell"]["seed"] == 1
    assert {"commit", "hardware", "versions"} <= record.keys()
    assert len(results.read(out)) == 2


def test_the_papers_preset_sets_beta_and_what_methods_knew_about_the_noise() -> None:
    dataset = make_dataset(90)

    def config(**fields: object) -> object:
        cell = tiny_cell(preset=Preset.PAPER, **fields)
        return cell_config(cell, make_problem(cell, dataset))

    for rate, beta in ((0.4, 4000), (0.6, 2000), (0.8, 400)):
        mslg = config(rate=rate)
        assert isinstance(mslg, MslgConfig)
        assert (mslg.beta, mslg.alpha, mslg.epochs) == (beta, 0.5, 2)
    forward = config(method=Method.FORWARD, rate=0.5)
    assert isinstance(forward, ForwardConfig)
    assert forward.transition is not None
    assert sum(forward.transition[i][i] for i in range(3)) == pytest.approx(1.5, abs=0.4)
    for rate in (0.0, 0.5):
        co_teaching = config(method=Method.CO_TEACHING, rate=rate)
        assert isinstance(co_teaching, CoTeachingConfig)
        assert co_teaching.forget_rate == pytest.approx(rate, abs=0.01)


def test_the_papers_table_is_complete() -> None:
    assert set(TABLE_1) == set(Method) - {Method.AUTO}
    assert {len(row) for row in TABLE_1.values()} == {len(COLUMNS)} == {9}
    assert [column.title for column in COLUMNS[:2]] == ["clean", "uniform 20 %"]


def test_the_reduced_table_has_every_method_and_the_grid_every_cell() -> None:
    assert len(reduced_cells(TABLE_1, [0, 1])) == 2 * 3 * 11
    cases = grid_cases()
    assert len({case.model_dump_json() for case in cases}) == 2 * 4 * 2 * 3
    assert all(case.settings == {} for case in cases)


def test_a_case_compares_all_cleaners_and_can_be_resumed(tmp_path: Path) -> None:
    data, out = write_parquet(tmp_path / "c.parquet"), tmp_path / "grid.json"
    case = Case(source=Source.CIFAR10, images=60, side=8, verified=24, settings=SHORT)
    (record,) = run_cases([case], data, out, "cpu")
    json.dumps(record, allow_nan=False)
    for cleaner in ("mslg", "cleanlab", "loss", "vote"):
        assert record[cleaner].keys() == record["mslg"].keys()
        assert record[cleaner]["label_accuracy_before"] == record["mslg"]["label_accuracy_before"]
    assert not list(run_cases([case], data, out, "cpu"))
    with pytest.raises(BenchmarkError, match="--data"):
        list(run_cases([case.model_copy(update={"seed": 1})], None, out, "cpu"))


def test_a_collapse_is_worse_labels_or_a_network_far_below_its_warm_up() -> None:
    fine = {"label_accuracy_before": 0.6, "label_accuracy_after": 0.6}
    worse = {"label_accuracy_before": 0.6, "label_accuracy_after": 0.59}
    assert not collapsed(fine, Curve(test=[0.8, 0.76], after_warmup=0.8), kept_warm_up=False)
    assert not collapsed(fine, Curve(test=[0.8]), kept_warm_up=False)
    assert collapsed(worse, Curve(test=[0.8], after_warmup=0.8), kept_warm_up=False)
    assert collapsed(fine, Curve(test=[0.8, 0.74], after_warmup=0.8), kept_warm_up=False)
    assert not collapsed(fine, Curve(test=[0.8, 0.74], after_warmup=0.8), kept_warm_up=True)


def test_the_clean_column_has_no_rate() -> None:
    assert tiny_cell(noise=Noise.NONE, rate=0.4).column == COLUMNS[0]


def test_files_are_named_by_table_and_hardware() -> None:
    assert results.results_file(Path("r"), "cifar10", "cpu") == Path("r/cifar10-cpu.json")
