"""`mslg bench report`: the page of all results."""

from pathlib import Path
from string import Template

from benchmarks.cifar10 import replica_report
from benchmarks.cifar10 import report as cifar10_report
from benchmarks.cifar10.deviations import FILE as DEVIATIONS
from benchmarks.cifar10.deviations import deviations_table
from benchmarks.cifar10.flips import FILE as FLIPS
from benchmarks.cifar10.flips import flips
from benchmarks.cifar10.tables import REDUCED_IMAGES, REDUCED_SETTINGS, REDUCED_VERIFIED
from benchmarks.common.markdown import MISSING, number, origin, table
from benchmarks.common.results import Record, read
from benchmarks.compare import report as compare_report
from benchmarks.compare.successors import FILE as SUCCESSORS
from benchmarks.compare.successors import successors_table
from benchmarks.review.chart import chart
from benchmarks.review.report import reviews
from benchmarks.review.simulation import FILE as REVIEWS

PAGE = Path(__file__).with_name("results_page.md")
CHART = "images/review-decisions.svg"
STEPS = ("sgd", "double_backward", "exact", "exact_full_meta_batch", "last_layer")
CAPTURED_STEPS = ("sgd_graph", "exact_graph", "last_layer_graph")


def write_report(folder: Path, out: Path) -> None:
    """Write the page of all results in `folder`, and the chart that it shows."""
    cifar10, reviewed = _read_all(folder, "cifar10-*.json"), read(folder / REVIEWS)
    replica = _read_all(folder, "replica-*.json")
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        table_1=cifar10_report.table_1(cifar10),
        figure_2=cifar10_report.figure_2(cifar10),
        replica_size=replica_report.size(),
        replica=replica_report.replica_table(replica),
        replica_labels=replica_report.replica_labels(replica),
        replica_figure_2=replica_report.replica_figure_2(replica),
        deviations=deviations_table(read(folder / DEVIATIONS), replica),
        reduced_size=_reduced_size(),
        reduced=cifar10_report.reduced_table(_read_all(folder, "reduced-*.json")),
        flips=flips(read(folder / FLIPS)),
        other=cifar10_report.other_cells(cifar10),
        compare=compare_report.comparison(_read_all(folder, "compare-*.json")),
        grid=compare_report.grid(_read_all(folder, "grid*.json")),
        successors=successors_table(read(folder / SUCCESSORS)),
        review=reviews(reviewed),
        steps=_steps(_read_all(folder, "steps-*.json")),
        parity=_parity(_read_all(folder, "parity-*.json")),
    )
    (out.parent / CHART).parent.mkdir(parents=True, exist_ok=True)
    (out.parent / CHART).write_text(chart(reviewed), encoding="utf-8")
    out.write_text(page, encoding="utf-8")


def _reduced_size() -> str:
    settings = ", ".join(f"{name} {value}" for name, value in REDUCED_SETTINGS.items())
    return f"{REDUCED_IMAGES:,} images, {REDUCED_VERIFIED} verified, {settings}"


def _steps(records: list[Record]) -> str:
    """The newest record for each network, batch and machine."""
    if not records:
        return f"All are {MISSING}."
    newest = {(record["hardware"], record["net"], record["batch"]): record for record in records}
    rows = [
        [
            f"{net}, {hardware}, batch {batch}, {record['side']} px",
            *(number([record.get(kind)], 2) for kind in STEPS),
            *(number([record[kind]], 2) if kind in record else "" for kind in CAPTURED_STEPS),
        ]
        for (hardware, net, batch), record in newest.items()
    ]
    head = ["network", *(kind.replace("_", " ") for kind in (*STEPS, *CAPTURED_STEPS))]
    return "\n\n".join([origin(newest.values()), table(head, rows)])


def _parity(records: list[Record]) -> str:
    """The newest error for each mode, precision and machine."""
    if not records:
        return f"All are {MISSING}."
    newest = {(record["mode"], record["precision"], record["hardware"]): record for record in records}
    rows = [
        [f"{mode}, {precision}", f"{record['relative_error']:.1e}", f"{record['cosine']:.4f}"]
        for (mode, precision, _), record in newest.items()
    ]
    return "\n\n".join([origin(newest.values()), table(["computed on", "relative error", "cosine"], rows)])


def _read_all(folder: Path, pattern: str) -> list[Record]:
    return [record for path in sorted(folder.glob(pattern)) for record in read(path)]
