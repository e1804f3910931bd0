"""The replica of the paper's table: its proportions, a tiny run, and its part of the page."""

import json
from pathlib import Path

import pytest

from benchmarks.cifar10 import replica
from benchmarks.cifar10.cells import Cell, cell_config
from benchmarks.cifar10.paper import COLUMNS, TABLE_1
from benchmarks.cifar10.replica import (
    FEATURE_COLUMNS,
    PRINTED_COLUMNS,
    SETTINGS,
    figure_2_cells,
    replica_cell,
    replica_cells,
    run_replica,
)
from benchmarks.cifar10.replica_report import replica_figure_2, replica_labels, replica_table
from benchmarks.common.results import Record
from benchmarks.problems.problem import Noise, append_verified
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.configs.methods import CoTeachingConfig, ForwardConfig, PencilConfig
from tests.benchmarks.tiny import make_dataset, write_parquet

SOURCE = {"commit": "abc", "hardware": "a machine", "versions": {"torch": "2.11"}}
SEED = [0]


def tiny(cell: Cell) -> Cell:
    """The cell on 60 images of 8 pixels."""
    settings = cell.settings | {"image_size": 8, "epochs": 3, "warmup_epochs": 1, "learning_rate_steps": None}
    return cell.model_copy(
        update={"images": 60, "side": 8, "verified": 10, "test_images": 40, "settings": settings}
    )


def record(cell: Cell, test_accuracy: float) -> Record:
    """A record of the replica."""
    return {
        "cell": cell.key(),
        "test_accuracy": test_accuracy,
        "tested": 5000,
        "label_accuracy_before": 0.4,
        "label_accuracy_after": 0.7,
        "seconds": 60.0,
        **SOURCE,
    }


def test_every_cell_is_in_the_papers_proportions() -> None:
    cells = replica_cells(TABLE_1, SEED)
    assert len({cell.model_dump_json() for cell in cells}) == len(TABLE_1) * len(COLUMNS)
    assert {cell.images / cell.verified for cell in cells} == {10}
    steps = [parse_config(cell.settings | {"method": cell.method}).learning_rate_steps for cell in cells]
    assert {tuple(epochs / SETTINGS["epochs"] for epochs, _ in found or ()) for found in steps} == {
        (40 / 120, 80 / 120)
    }


def test_each_method_has_the_schedule_of_its_source() -> None:
    dataset = make_dataset(90)
    for cell in replica_cells(TABLE_1, SEED)[: len(TABLE_1)]:
        config = cell_config(cell, append_verified(dataset, dataset.labels, 10))
        schedule = {Method.MSLG: 44, Method.PENCIL: 21}
        expected = schedule.get(cell.method, 0) / 120
        assert (config.warmup_epochs or 0) / SETTINGS["epochs"] == pytest.approx(expected, abs=0.02)
        if isinstance(config, PencilConfig):
            assert config.label_epochs == round(59 / replica.SCALE)
            assert config.label_rate == 400 / replica.BATCH_SIZE
        if isinstance(config, ForwardConfig):
            assert config.transition is not None
        if isinstance(config, CoTeachingConfig):
            assert (config.forget_rate, config.ramp_epochs) == (0, 2)


def test_labels_move_as_far_as_in_the_paper() -> None:
    settings = replica_cell(Method.MSLG, FEATURE_COLUMNS[0], 0).settings
    visits = settings["epochs"] - settings["warmup_epochs"]
    assert visits / settings["batch_size"] == pytest.approx((120 - 44) / 128, rel=0.02)


def test_the_columns_of_the_claim_come_first() -> None:
    cells = replica_cells([Method.MSLG], [0, 1])
    assert [cell.seed for cell in cells] == [0] * 9 + [1] * 9
    assert [cell.noise for cell in cells[:5]] == [Noise.AUTHORS] * 4 + [Noise.NONE]
    assert [cell.rate for cell in cells[:4]] == [0.8, 0.6, 0.4, 0.2]
    assert [(c.noise, c.rate) for c in PRINTED_COLUMNS[:5]] == [(c.noise, c.rate) for c in COLUMNS[:5]]


def test_cells_run_and_are_not_run_again(tmp_path: Path) -> None:
    data, out = write_parquet(tmp_path / "c.parquet"), tmp_path / "replica-cpu.json"
    cells = [tiny(replica_cell(m, FEATURE_COLUMNS[1], 0)) for m in (Method.MSLG, Method.CROSS_ENTROPY)]
    (mslg,) = run_replica(cells[:1], data, out, "cpu")
    json.dumps(mslg, allow_nan=False)
    assert mslg["label_accuracy_before"] == 0.6
    assert mslg["tested"] == 20
    assert mslg["test_accuracy_after_warmup"] is not None
    (plain,) = run_replica(cells, data, out, "cpu")
    assert plain["cell"]["method"] == "cross_entropy"
    assert plain["label_accuracy_after"] == 0.6


def test_the_page_shows_the_papers_number_and_the_lead() -> None:
    column = FEATURE_COLUMNS[2]
    records = [
        record(replica_cell(method, column, 0), accuracy)
        for method, accuracy in ((Method.MSLG, 0.5), (Method.CROSS_ENTROPY, 0.38), (Method.PENCIL, 0.51))
    ]
    text = replica_table(records)
    assert "3 of 99 cells" in text
    assert "at most ± 1.4 points" in text
    assert "| 50.0 (77.3) | missing (74.9) |" in text
    assert "| **mslg's lead over cross entropy** | missing |" in text
    assert "| +12.0 | missing |" in text
    assert "| -1.0 (pencil) | missing |" in text
    assert "| mslg | missing | missing | missing | missing | missing | missing | 70.0 |" in replica_labels(
        records
    )
    assert "missing" in replica_table([])


def test_leads_are_paired_by_seed() -> None:
    column = FEATURE_COLUMNS[2]
    accuracies = {Method.MSLG: (0.5, 0.6, 0.9), Method.CROSS_ENTROPY: (0.4, 0.46)}
    records = [
        record(replica_cell(method, column, seed), accuracy)
        for method, found in accuracies.items()
        for seed, accuracy in enumerate(found)
    ]
    text = replica_table(records)
    assert "| +12.0 ± 2.8 | missing |" in text
    assert "| +12.0 ± 2.8 (cross_entropy) | missing |" in text


def test_figure_2_has_the_papers_shares() -> None:
    cells = figure_2_cells(SEED)
    assert {cell.method for cell in cells} == {Method.MSLG}
    text = replica_figure_2([record(cell, 0.4) for cell in cells])
    assert f"| {replica.REPLICA_VERIFIED} (10.0 %) | 40.00 | 40.00 | 40.00 | 40.00 |" in text
    assert "missing" not in text
