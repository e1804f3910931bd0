"""Tables of CIFAR-10: the paper's table I and figure 2 with our results, the reduced table, other cells."""

from collections.abc import Iterable, Sequence

from benchmarks.cifar10.paper import COLUMNS, FIGURE_2_VERIFIED, IMAGES, TABLE_1, VERIFIED
from benchmarks.common.markdown import MISSING, number, origin, percent, seeds, table
from benchmarks.common.results import Record
from benchmarks.problems.problem import NoiseLevel
from mslg_core.configs.base import Method, Preset

Key = tuple[str, str, float]


def _by_cell(records: Iterable[Record]) -> dict[Key, list[Record]]:
    groups: dict[Key, list[Record]] = {}
    for record in records:
        cell = record["cell"]
        rate = 0.0 if cell["noise"] == "none" else cell["rate"]
        groups.setdefault((cell["method"], cell["noise"], rate), []).append(record)
    return groups


def is_full(record: Record) -> bool:
    """Whether a record covers all 50,000 images with default settings."""
    cell = record["cell"]
    return cell["images"] == IMAGES and cell["side"] == 32 and not cell["settings"]


def summary(record: Record) -> str:
    """One line for the terminal."""
    cell = record["cell"]
    return (
        f"{cell['method']}, {cell['noise']} {cell['rate']:.0%}, seed {cell['seed']}: test accuracy "
        f"{record['test_accuracy']:.2%}, labels right {record['label_accuracy_before']:.2%} -> "
        f"{record['label_accuracy_after']:.2%}, AUROC {record['auroc']}, {record['seconds']:.0f} s"
    )


def table_1(records: Sequence[Record]) -> str:
    """The paper's table I with our result below each row, and our result without any setting."""
    full = [r for r in records if is_full(r) and r["cell"]["verified"] == VERIFIED]
    paper, default = ([r for r in full if r["cell"]["preset"] == p] for p in (Preset.PAPER.value, None))
    rows = []
    for method, values in TABLE_1.items():
        printed = ["fails" if value is None else f"{value:.2f}" for value in values]
        rows += [[f"{method.value}, the paper's", *printed], [f"{method.value}, ours", *_ours(paper, method)]]
    rows.append(["**mslg, ours, no setting at all**", *_ours(default, Method.MSLG)])
    text = table(["test accuracy, %", *(column.title for column in COLUMNS)], rows)
    done = len({(r["cell"]["method"], r["cell"]["noise"], r["cell"]["rate"]) for r in paper})
    filled = f"{done} of {len(TABLE_1) * len(COLUMNS)} cells are measured with `preset: paper`."
    return "\n\n".join([filled + (f" {origin(full)}" if full else ""), text])


def _ours(records: Iterable[Record], method: Method) -> list[str]:
    cells = _by_cell(records)
    found = [cells.get((method.value, column.noise.value, column.rate), []) for column in COLUMNS]
    return [percent([record["test_accuracy"] for record in group]) for group in found]


def figure_2(records: Sequence[Record]) -> str:
    """Test accuracy over the number of verified samples. The paper plots it without printing numbers."""
    ours = [
        r
        for r in records
        if is_full(r) and r["cell"]["method"] == "mslg" and r["cell"]["preset"] == Preset.PAPER.value
    ]
    rows = []
    for verified in FIGURE_2_VERIFIED:
        cells = _by_cell(r for r in ours if r["cell"]["verified"] == verified)
        found = [cells.get(("mslg", column.noise.value, column.rate), []) for column in COLUMNS[1:]]
        rows.append([f"{verified:,}", *(percent([r["test_accuracy"] for r in group]) for group in found)])
    return table(["verified", *(column.title for column in COLUMNS[1:])], rows)


def reduced_table(records: Sequence[Record]) -> str:
    """All methods on little data: test accuracy, labels right afterwards, AUROC of the ranking."""
    if not records:
        return f"All cells are {MISSING}: `mslg bench cifar10 --reduced --method all --seeds 1`."
    cells = _by_cell(records)
    columns = sorted({(noise, rate) for _, noise, rate in cells}, key=lambda c: (c[0] != "none", c[0], c[1]))
    head = ["method"]
    for noise, rate in columns:
        title = NoiseLevel.of(noise, rate).title
        head += [f"{title}: test", "labels right", "AUROC"][: 1 if noise == "none" else 3]
    rows = []
    for method in TABLE_1:
        row = [method.value]
        for noise, rate in columns:
            group = cells.get((method.value, noise, rate), [])
            row.append(percent([r["test_accuracy"] for r in group], 1))
            if noise != "none":
                row.append(percent([r["label_accuracy_after"] for r in group], 1))
                row.append(number([r["auroc"] for r in group], 3))
        rows.append(row)
    seconds = sum(record["seconds"] for record in records)
    note = f"{seeds(records, 'cell')}; {seconds / 60:.0f} minutes of training in all. {origin(records)}"
    return "\n\n".join([note, table(head, rows)])


def other_cells(records: Sequence[Record]) -> str:
    """Cells that are not part of table I or figure 2: other sizes, settings, noise."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        if is_full(record) and record["cell"]["noise"] in {column.noise.value for column in COLUMNS}:
            continue
        groups.setdefault(_describe(record["cell"]), []).append(record)
    rows = [
        [
            text,
            str(len(group)),
            percent([r["test_accuracy"] for r in group]),
            percent([r["label_accuracy_before"] for r in group]),
            percent([r["label_accuracy_after"] for r in group]),
            number([r["auroc"] for r in group], 3),
            number([r["average_precision"] for r in group], 3),
            number([r["seconds"] for r in group], 0),
        ]
        for text, group in groups.items()
    ]
    if not rows:
        return "None yet."
    head = ["cell", "seeds", "test", "labels right before", "after", "AUROC", "average precision", "seconds"]
    return table(head, rows)


def _describe(cell: Record) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in cell["settings"].items())
    parts = [
        cell["method"],
        NoiseLevel.of(cell["noise"], cell["rate"]).title,
        f"{cell['images']:,} images of {cell['side']} px",
        f"{cell['verified']:,} verified",
        f"preset {cell['preset']}" if cell["preset"] else "",
        settings,
    ]
    return ", ".join(part for part in parts if part)
