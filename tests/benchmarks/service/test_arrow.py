"""The benchmark of Arrow over HTTP reads all rows both ways. What it measures is not tested."""

from benchmarks.service.arrow import measure


def test_it_reads_every_row_both_ways(postgres: str) -> None:
    figures = measure(300, postgres, 1)
    assert figures.samples == 300
    assert figures.ratio > 0
    assert 0 < figures.memory_before <= figures.memory_few <= figures.memory_all
