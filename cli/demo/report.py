"""The demo's results: compares the downloaded export with the true labels, which only the demo knows."""

import io
import json
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from cli.demo.data import DemoData

TOP = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """Label accuracies include all samples; metrics of the ranking exclude verified samples."""

    label_accuracy_before: float
    label_accuracy_after: float
    auroc: float
    precision_at_100: float
    train_seconds: float

    def to_json(self) -> str:
        """The figures as one line of JSON."""
        return json.dumps({name: round(value, 4) for name, value in asdict(self).items()})


def measure(data: DemoData, export: bytes, train_seconds: float) -> Figures:
    """Compare `export` (a Parquet file) with the true labels.

    Verified samples are correct in the export because the demo uploaded their true labels. They count in both
    accuracies here; `print_table` also shows the accuracies without them. The metrics of the ranking exclude
    them, because the service knows their labels.
    """
    rows = read_export(data, export)
    unknown = np.setdiff1d(np.arange(len(data.true)), data.verified)
    wrong = (data.given != data.true)[unknown]
    scores = np.array([rows[i]["label_score"] for i in unknown.tolist()])
    ranks = np.array([rows[i]["rank"] for i in unknown.tolist()])
    return Figures(
        label_accuracy_before=float(np.mean(data.given == data.true)),
        label_accuracy_after=float(np.mean(corrected_labels(rows) == data.true)),
        auroc=float(roc_auc_score(wrong, -scores)),
        precision_at_100=float(np.mean(wrong[np.argsort(ranks)[:TOP]])),
        train_seconds=train_seconds,
    )


def read_export(data: DemoData, export: bytes) -> list[dict[str, object]]:
    """The rows of the export in the order of `data`. Raises `KeyError` if a file name is missing."""
    rows = {row["file_name"]: row for row in pq.read_table(io.BytesIO(export)).to_pylist()}
    return [rows[name] for name in data.file_names]


def corrected_labels(rows: list[dict[str, object]]) -> np.ndarray:
    """Corrected labels int64 [N]; -1 for none."""
    labels = [row["corrected_label"] for row in rows]
    return np.array([-1 if label is None else int(str(label)) for label in labels])


def print_table(console: Console, data: DemoData, export: bytes, figures: Figures) -> None:
    """Print the figures, and the accuracies without verified samples."""
    corrected = corrected_labels(read_export(data, export))
    unknown = np.setdiff1d(np.arange(len(data.true)), data.verified)
    table = Table(title="Labels before and after cleaning", show_header=False)
    table.add_row(
        f"correct labels, all {len(data.true):,} samples (including {len(data.verified)} verified)",
        f"{figures.label_accuracy_before:.1%} -> {figures.label_accuracy_after:.1%}",
    )
    before, after = (data.given == data.true)[unknown], (corrected == data.true)[unknown]
    table.add_row(
        f"correct labels, {len(unknown):,} samples that are not verified",
        f"{np.mean(before):.1%} -> {np.mean(after):.1%}",
    )
    table.add_row("AUROC of the ranking (samples that are not verified)", f"{figures.auroc:.3f}")
    table.add_row(f"wrong labels among the top {TOP}", f"{figures.precision_at_100 * TOP:.0f}")
    table.add_row("training time in seconds", f"{figures.train_seconds:.1f}")
    console.print(table)
