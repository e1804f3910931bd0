"""The replica's part of the results page, and its line for the terminal."""

from collections.abc import Sequence
from statistics import mean

from benchmarks.cifar10.paper import COLUMNS, FIGURE_2_VERIFIED, IMAGES, TABLE_1
from benchmarks.cifar10.replica import (
    BATCH_SIZE,
    EPOCHS,
    FEATURE_COLUMNS,
    PRINTED_COLUMNS,
    REPLICA_IMAGES,
    REPLICA_SIDE,
    REPLICA_VERIFIED,
    scaled,
)
from benchmarks.common.markdown import MISSING, difference, origin, percent, seeds, table
from benchmarks.common.results import Record
from benchmarks.problems.problem import NoiseLevel
from mslg_core.configs.base import Method
from mslg_core.reports import Interval

RELABELLING = (Method.JOINT_OPTIMIZATION, Method.PENCIL, Method.MSLG)


def summary(record: Record) -> str:
    """One line for the terminal."""
    cell = record["cell"]
    return (
        f"{cell['method']}, {cell['noise']} {cell['rate']:.0%}, seed {cell['seed']}, {cell['verified']} "
        f"verified: test accuracy {record['test_accuracy']:.2%}, {record['seconds']:.0f} s"
    )


def size() -> str:
    """The size of the replica, for a title."""
    return (
        f"{REPLICA_IMAGES:,} images of {REPLICA_SIDE} px, {REPLICA_VERIFIED} verified, {EPOCHS} epochs, "
        f"batch {BATCH_SIZE}"
    )


def replica_table(records: Sequence[Record]) -> str:
    """Test accuracy of each cell with the paper's in brackets, and MSLG's lead in each column."""
    found = [r for r in records if r["cell"]["verified"] == REPLICA_VERIFIED]
    if not found:
        return f"All cells are {MISSING}: `mslg bench cifar10 --replica --method all --seeds 1`."
    rows = [[method.value, *_against_paper(found, method)] for method in TABLE_1]
    margins = [_margins(found, column) for column in PRINTED_COLUMNS]
    rows.append(["**mslg's lead over cross entropy**", *(margin[0] for margin in margins)])
    rows.append(["**mslg's lead over the best other measured**", *(margin[1] for margin in margins)])
    return "\n\n".join([_note(found), table(["test accuracy, %", *_titles(PRINTED_COLUMNS)], rows)])


def replica_labels(records: Sequence[Record]) -> str:
    """Labels right before training, and in the tables of the methods that change labels."""
    found = [r for r in records if r["cell"]["verified"] == REPLICA_VERIFIED]
    columns = PRINTED_COLUMNS[1:]
    given = [percent([r["label_accuracy_before"] for r in _of(found, None, c)][:1], 1) for c in columns]
    rows = [["given", *given]]
    for method in RELABELLING:
        cells = [percent([r["label_accuracy_after"] for r in _of(found, method, c)], 1) for c in columns]
        rows.append([method.value, *cells])
    return table(["labels right, %", *_titles(columns)], rows)


def replica_figure_2(records: Sequence[Record]) -> str:
    """MSLG's test accuracy over the share of verified samples."""
    rows = []
    for share in FIGURE_2_VERIFIED:
        count = scaled(share)
        mslg = [r for r in records if r["cell"]["verified"] == count]
        cells = [percent([r["test_accuracy"] for r in _of(mslg, Method.MSLG, c)]) for c in FEATURE_COLUMNS]
        rows.append([f"{count} ({share / IMAGES:.1%})".replace("%", " %"), *cells])
    return table(["verified", *_titles(FEATURE_COLUMNS)], rows)


def _note(records: Sequence[Record]) -> str:
    cells = {(r["cell"]["method"], _column(r)) for r in records}
    widest = max(_half_width(record) for record in records)
    return (
        f"{len(cells)} of {len(TABLE_1) * len(COLUMNS)} cells are measured, {seeds(records, 'cell')}; "
        f"{sum(r['seconds'] for r in records) / 60:.0f} minutes of training in all. The 95 % interval of a "
        f"single run (Wilson, over the test images) is at most ± {widest:.1f} points wide. {origin(records)}"
    )


def _half_width(record: Record) -> float:
    interval = Interval.wilson(round(record["test_accuracy"] * record["tested"]), record["tested"])
    return 50 * (interval.high - interval.low) if interval else 0.0


def _against_paper(records: Sequence[Record], method: Method) -> list[str]:
    cells = []
    for column, printed in zip(PRINTED_COLUMNS, TABLE_1[method], strict=True):
        ours = percent([r["test_accuracy"] for r in _of(records, method, column)], 1)
        cells.append(f"{ours} ({'fails' if printed is None else f'{printed:.1f}'})")
    return cells


def _margins(records: Sequence[Record], column: NoiseLevel) -> tuple[str, str]:
    """MSLG's lead in points over cross entropy and over the best other method, which is named."""
    by_method = {method: _by_seed(_of(records, method, column)) for method in TABLE_1}
    ours, plain = by_method.pop(Method.MSLG), by_method[Method.CROSS_ENTROPY]
    measured = {method: found for method, found in by_method.items() if found}
    if not measured or not ours:
        return MISSING, MISSING
    best = max(measured, key=lambda method: mean(measured[method].values()))
    return _lead(ours, plain), f"{_lead(ours, measured[best])} ({best.value})"


def _by_seed(records: Sequence[Record]) -> dict[int, float]:
    return {r["cell"]["seed"]: 100 * r["test_accuracy"] for r in records}


def _lead(ours: dict[int, float], theirs: dict[int, float]) -> str:
    """Over the seeds that both have."""
    return difference([ours[seed] - theirs[seed] for seed in ours if seed in theirs])


def _of(records: Sequence[Record], method: Method | None, column: NoiseLevel) -> list[Record]:
    """Records of a column, of one method or of all."""
    return [r for r in records if _column(r) == column and method in {None, r["cell"]["method"]}]


def _column(record: Record) -> NoiseLevel:
    return NoiseLevel.of(record["cell"]["noise"], record["cell"]["rate"])


def _titles(columns: Sequence[NoiseLevel]) -> list[str]:
    return [column.title for column in columns]
