"""What our defaults change against a method's source, on the replica."""

from benchmarks.cifar10.deviations import COLUMN, DEVIATIONS, deviations_table
from benchmarks.cifar10.replica import replica_cell
from benchmarks.common.results import Record, provenance
from mslg_core.configs.base import Method
from mslg_core.configs.job import parse_config


def record(cell: Record, accuracy: float) -> Record:
    """A measured cell."""
    return {"cell": cell, "test_accuracy": accuracy, **provenance("cpu")}


def test_each_cell_changes_settings_of_its_method_that_exist() -> None:
    for deviation in DEVIATIONS:
        source, ours = replica_cell(deviation.method, COLUMN, 0), deviation.cell(0)
        assert ours.key() != source.key()
        assert {name for name in ours.settings if ours.settings[name] != source.settings.get(name, ...)} == {
            *deviation.settings
        }
        parse_config({"method": ours.method, "preset": ours.preset, **ours.settings})


def test_the_table_has_the_sources_figure_beside_ours() -> None:
    first = next(one for one in DEVIATIONS if one.method is Method.SYMMETRIC_CE)
    replica = [record(replica_cell(first.method, COLUMN, seed).key(), 0.1 + seed / 10) for seed in (0, 1)]
    lines = deviations_table([record(first.cell(0).key(), 0.125)], replica).splitlines()
    assert f"| symmetric_ce | {first.theirs} | {first.ours} | 15.0 ± 7.1 | 12.5 |" in lines
    assert sum("missing | missing" in line for line in lines) == len(DEVIATIONS) - 1
