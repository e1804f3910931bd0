"""`mslg bench noise`: which classes feature-dependent noise confuses, ours compared with the authors'."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.cifar10.paper import RATES
from benchmarks.common import results
from benchmarks.common.markdown import MISSING, origin, table
from benchmarks.common.results import Record
from benchmarks.problems.datasets import Dataset, Ints, load_cifar10
from benchmarks.problems.problem import Noise, NoiseLevel, make_noise

FILE = "noise.json"
KINDS = (Noise.FEATURE, Noise.AUTHORS)


def run(data: Path, images: int, out: Path) -> Iterator[Record]:
    """Count the flips of both generators at the paper's rates. Appends each record to `out` and yields it."""
    dataset = load_cifar10(data, images, 0, 0)
    source = results.provenance("cpu")
    for kind in KINDS:
        for rate in RATES:
            record = {"noise": kind.value, "rate": rate, "images": images} | count_flips(dataset, kind, rate)
            results.append(out, record | source)
            yield record | source


def count_flips(dataset: Dataset, kind: Noise, rate: float) -> Record:
    """Number of wrong labels by true class (row) and given label (column), with the classes' names."""
    given = make_noise(kind, dataset, rate, 0)
    return {"classes": list(dataset.classes), "flips": _by_pair(dataset.labels, given, len(dataset.classes))}


def _by_pair(true: Ints, given: Ints, size: int) -> list[list[int]]:
    wrong = given != true
    counts = np.bincount(true[wrong] * size + given[wrong], minlength=size**2)
    pairs: list[list[int]] = counts.reshape(size, size).tolist()
    return pairs


def flips(records: Sequence[Record]) -> str:
    """Shares of the wrong labels by given label for each generator and rate, then the pairs of each rate."""
    newest = {(record["noise"], record["rate"]): record for record in records}
    rates = [rate for rate in RATES if all((kind.value, rate) in newest for kind in KINDS)]
    if not rates:
        return f"All are {MISSING}: `mslg bench noise`."
    parts = [f"{records[-1]['images']:,} images. {origin(newest.values())}", _shares(newest, rates)]
    for rate in rates:
        ours, theirs = (newest[kind.value, rate] for kind in KINDS)
        parts += [
            f"Wrong labels at {rate:.0%}, ours / the authors':".replace("%", " %"),
            _pairs(ours, theirs),
        ]
    return "\n\n".join(parts)


def _shares(newest: dict[tuple[str, float], Record], rates: Sequence[float]) -> str:
    """In per cent of the wrong labels."""
    rows = []
    for rate in rates:
        for kind in KINDS:
            taken = np.sum(newest[kind.value, rate]["flips"], axis=0)
            shares = (f"{share:.1%}".removesuffix("%") for share in taken / max(1, taken.sum()))
            rows.append([NoiseLevel(kind, rate).title, *shares])
    classes = newest[KINDS[0].value, rates[0]]["classes"]
    return table(["wrong labels by given label, %", *classes], rows)


def _pairs(ours: Record, theirs: Record) -> str:
    classes, rows = ours["classes"], []
    for label, mine, other in zip(classes, ours["flips"], theirs["flips"], strict=True):
        rows.append([label, *(f"{a} / {b}" if a or b else "" for a, b in zip(mine, other, strict=True))])
    return table(["true class", *classes], rows)
