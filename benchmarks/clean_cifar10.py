"""Clean a subset of CIFAR-10 with labels made wrong on purpose; prints one line of JSON.

    python -m benchmarks.clean_cifar10 --data cifar10.parquet --images 3000 --noise uniform --rate 0.3

The Parquet file has the columns `split`, `label`, `image` (encoded bytes) and, for feature-dependent noise,
`student_probs`: class probabilities [10] of every training image; its metadata names the `classes`, joined by
commas.
"""

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray

from mslg_core.clean import clean
from mslg_core.configs import parse_config
from mslg_core.metrics import auroc, precision_at
from mslg_core.noise import feature_dependent_noise, uniform_noise
from mslg_core.reports import EpochReport


@dataclass(frozen=True)
class Case:
    """N images with names, true and given labels int64 [N], and the indices of the verified ones."""

    names: list[str]
    images: list[bytes]
    classes: list[str]
    true: NDArray[np.int64]
    given: NDArray[np.int64]
    verified: NDArray[np.int64]

    def write(self, folder: Path) -> tuple[Path, Path, Path]:
        """(images, labels, verified) as files."""
        paths = folder / "images.parquet", folder / "labels.csv", folder / "verified.csv"
        pq.write_table(pa.table({"file_name": self.names, "image": self.images}), paths[0])
        self._write_labels(paths[1], np.arange(len(self.names)), self.given)
        self._write_labels(paths[2], self.verified, self.true)
        return paths

    def _write_labels(self, path: Path, index: NDArray[np.int64], labels: NDArray[np.int64]) -> None:
        lines = [f"{self.names[i]},{self.classes[labels[i]]}" for i in index.tolist()]
        path.write_text("\n".join(["file_name,label", *lines, ""]))


def draw_case(args: argparse.Namespace) -> Case:
    """A random subset of the training split, its noise and its verified samples, all from one seed."""
    table = pq.read_table(args.data).filter(pa.compute.field("split") == "train")
    rng = np.random.default_rng(args.seed)
    chosen = rng.permutation(len(table))[: args.images]
    table = table.take(chosen)
    true = table.column("label").to_numpy().astype(np.int64)
    classes = table.schema.metadata[b"classes"].decode().split(",")
    if args.noise == "uniform":
        given = uniform_noise(true, len(classes), args.rate, args.seed)
    else:
        probabilities = np.array(table.column("student_probs").to_pylist())
        given = feature_dependent_noise(true, probabilities, args.rate, args.seed)
    verified = rng.permutation(len(true))[: args.verified].astype(np.int64)
    names = [f"{i:05d}.jpg" for i in chosen.tolist()]
    return Case(names, table.column("image").to_pylist(), classes, true, given, verified)


def measure(case: Case, args: argparse.Namespace) -> dict[str, Any]:
    """Clean and compare with the truth, over the samples that nobody verified."""
    epochs: list[EpochReport] = []
    config = parse_config({"method": args.method, "seed": args.seed, **json.loads(args.settings)})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.parquet"
        started = time.perf_counter()
        summary = clean(*case.write(Path(folder)), out, config, epochs.append)
        seconds = time.perf_counter() - started
        table = pq.read_table(out).to_pydict()
    number = {name: index for index, name in enumerate(case.classes)}
    corrected = np.array([number[label] for label in table["corrected_label"]])
    suggested = np.array([number[label] for label in table["predicted_label"]])
    unseen = np.setdiff1d(np.arange(len(case.true)), case.verified)
    wrong = case.given != case.true
    score = np.array(table["label_score"])
    return {
        "method": args.method,
        "images": len(case.true),
        "noise": args.noise,
        "rate": args.rate,
        "verified": len(case.verified),
        "seed": args.seed,
        "rows": len(table["file_name"]),
        "seconds": round(seconds, 1),
        "epoch_seconds": [round(report.seconds, 1) for report in epochs],
        "label_accuracy_before": round(float(np.mean(~wrong[unseen])), 4),
        "label_accuracy_after": round(float(np.mean((corrected == case.true)[unseen])), 4),
        "suggestion_accuracy": round(float(np.mean((suggested == case.true)[unseen])), 4),
        "auroc": round(auroc(-score[unseen], wrong[unseen]), 4),
        "precision_at_100": precision_at(np.array(table["rank"]), wrong, 100),
        "auto_accept": summary.auto_accept,
        "auto_accept_reason": summary.auto_accept_reason,
        "meta_accuracy": [round(report.meta_accuracy or 0.0, 3) for report in epochs],
        "labels_changed": [report.labels_changed for report in epochs],
        "threads": torch.get_num_threads(),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--noise", choices=["uniform", "feature"], default="uniform")
    parser.add_argument("--rate", type=float, default=0.3)
    parser.add_argument("--verified", type=int, default=300)
    parser.add_argument("--method", default="mslg")
    parser.add_argument("--settings", default="{}", help="further settings of the run, as JSON")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(json.dumps(measure(draw_case(args), args)))


if __name__ == "__main__":
    main()
