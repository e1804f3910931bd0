"""What our defaults change against a method's source, on the replica."""

from pathlib import Path

import numpy as np
import torch

from benchmarks.cifar10.cells import cell_config, make_problem
from benchmarks.cifar10.deviations import (
    COLUMN,
    DEVIATIONS,
    Deviation,
    Run,
    deviations_table,
    measure_missing,
    runs,
)
from benchmarks.cifar10.replica import replica_cell
from benchmarks.cifar10.source_trainers import KaimingTrainer, MetaStatisticsTrainer
from benchmarks.common.results import Record, provenance
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config
from mslg_core.training.trainer import Trainer
from tests.benchmarks.cifar10.test_replica import tiny
from tests.benchmarks.tiny import make_dataset, write_parquet

SYMMETRIC_CE = next(one for one in DEVIATIONS if one.method is Method.SYMMETRIC_CE)
INITIALISATION = next(one for one in DEVIATIONS if one.trainer is KaimingTrainer)


def record(run: Run, accuracy: float) -> Record:
    """A measured run."""
    return {**run.key(), "test_accuracy": accuracy, **provenance("cpu")}


def replica_records(deviation: Deviation) -> list[Record]:
    """Two records of the method in the replica, two points around 20 %."""
    cells = [replica_cell(deviation.method, COLUMN, seed).key() for seed in (0, 1)]
    return [{"cell": cell, "test_accuracy": 0.19 + 0.02 * cell["seed"]} for cell in cells]


def tiny_trainer(kind: type[Trainer]) -> Trainer:
    """A trainer of MSLG with the paper's preset, on 60 images of 8 pixels."""
    cell = tiny(replica_cell(Method.MSLG, COLUMN, 0))
    problem = make_problem(cell, make_dataset(60))
    return kind(problem.training_set(holdout=False), cell_config(cell, problem), "cpu")


def test_each_pair_differs_in_settings_of_its_method_or_in_its_trainer() -> None:
    for deviation in DEVIATIONS:
        theirs, ours = deviation.source(0), deviation.default(0)
        assert theirs.key() != ours.key()
        changed = {
            name for name, value in ours.cell.settings.items() if value != theirs.cell.settings.get(name, ...)
        }
        assert changed == {*deviation.settings}
        assert bool(changed) != (theirs.trainer is not ours.trainer)
        parse_config({"method": ours.cell.method, "preset": ours.cell.preset, **ours.cell.settings})


def test_the_rows_of_a_method_share_the_run_of_the_source() -> None:
    assert len(runs(Method, 1)) == len(DEVIATIONS) + len({one.method for one in DEVIATIONS})
    assert {run.cell.method for run in runs([Method.PENCIL], 2)} == {Method.PENCIL}


def test_runs_are_measured_once(tmp_path: Path) -> None:
    data, out = write_parquet(tmp_path / "c.parquet"), tmp_path / "deviations.json"
    theirs = INITIALISATION.source(0)
    wanted = [Run(tiny(theirs.cell), trainer) for trainer in (theirs.trainer, Trainer)]
    (first,) = measure_missing(wanted[:1], data, out)
    (second,) = measure_missing(wanted, data, out)
    assert (first["trainer"], "trainer" in second) == ("KaimingTrainer", False)
    assert first["cell"] == second["cell"]


def test_the_table_pairs_the_seeds_that_both_have() -> None:
    theirs = [record(SYMMETRIC_CE.source(seed), 0.1 + seed / 10) for seed in (0, 1, 2)]
    ours = [record(SYMMETRIC_CE.default(seed), 0.25 + seed / 10) for seed in (0, 1)]
    replica = replica_records(SYMMETRIC_CE)
    start = f"| symmetric_ce | {SYMMETRIC_CE.theirs} | {SYMMETRIC_CE.ours} |"
    lines = deviations_table([*theirs, *ours], replica).splitlines()
    assert f"{start} 2 | 15.0 ± 7.1 | 30.0 ± 7.1 | +15.0 ± 0.0 | 2.8 | seen |" in lines
    assert sum("| 0 | missing | missing" in line for line in lines) == len(DEVIATIONS) - 1
    near = record(SYMMETRIC_CE.default(0), 0.13)
    assert f"{start} 1 | 10.0 | 13.0 | +3.0 | 4.0 | none seen |" in deviations_table([*theirs, near], replica)
    assert f"{start} 1 | 10.0 | 13.0 | +3.0 | missing | missing |" in deviations_table([*theirs, near], [])


def test_convolutions_start_as_in_the_source() -> None:
    trainer = tiny_trainer(KaimingTrainer)
    layers = [m for m in trainer._run.model.modules() if isinstance(m, torch.nn.Conv2d)]
    for layer in layers:
        expected = np.sqrt(2 / (9 * layer.out_channels))
        assert abs(float(layer.weight.detach().std()) / expected - 1) < 0.15
    trained = {id(p) for group in trainer._run.optimizer.param_groups for p in group["params"]}
    assert all(id(layer.bias) in trained for layer in layers)


def test_the_meta_batch_moves_the_statistics_and_nothing_else_in_a_step() -> None:
    trainers = [tiny_trainer(kind) for kind in (Trainer, MetaStatisticsTrainer)]
    for trainer in trainers:
        trainer._run.model.train()
        trainer._method.step(torch.arange(20))
    ours, theirs = (trainer.state_dict()["model"] for trainer in trainers)
    moved = {name for name in ours if not torch.equal(ours[name], theirs[name])}
    assert moved == {
        name
        for name in ours
        if name.rpartition(".")[2] in {"running_mean", "running_var", "num_batches_tracked"}
    }
