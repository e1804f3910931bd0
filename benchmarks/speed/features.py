"""Compares feature extraction from a zip of photographs with the network alone, on pixels in memory.

    python -m benchmarks.speed.features --data FILE [--images N] [--rounds R] [--job N] [--job-side SIDE]

Both take turns. Beside images per second, the CPU's seconds per image are compared, decoders included: other
load on the machine hardly affects them. `--job` also measures the memory of `mslg clean` on a zip of N
photographs, in a process of its own.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.common.results import Record, provenance
from benchmarks.speed.clean_memory import measure_job
from benchmarks.speed.photo_zip import write_photos
from mslg_core.cleaning.found_images import scan_images
from mslg_core.cleaning.inputs import Labels
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.open_dataset import open_dataset
from mslg_core.datasets.tables.table import LabelRow
from mslg_core.features.cache import FolderCache
from mslg_core.features.extraction import Extraction
from mslg_core.features.extractor import FeatureExtractor
from mslg_core.features.timm_models import packaged_extractor
from mslg_core.images.sources import EncodedSource, gather

SIDE = 224
CLASSES = ("a", "b")


class Cost(NamedTuple):
    """Of one image."""

    seconds: float
    cpu_seconds: float


def measure(data: Path, images: int, rounds: int, device: str = "cpu") -> Record:
    """Medians of `rounds`, in each of which `images` photographs are extracted from a zip and from memory."""
    extractor = packaged_extractor(SIDE, torch.device(device))
    with _open_zip(data, images) as source:
        pixels = gather(source)
        extractor.extract(pixels[:32])  # the first batch compiles and allocates
        costs: dict[str, list[Cost]] = {"memory": [], "zip": []}
        for _ in range(rounds):
            costs["memory"].append(_cost(lambda: extractor.extract(pixels), images))
            costs["zip"].append(_cost(lambda: _extract(source, extractor), images))
    seconds, cpu = (
        {name: statistics.median(getattr(cost, field) for cost in found) for name, found in costs.items()}
        for field in Cost._fields
    )
    return {
        "side": SIDE,
        "images": images,
        "rounds": rounds,
        "threads": torch.get_num_threads(),
        "images_per_second": {name: round(1 / value, 1) for name, value in seconds.items()},
        "cpu_milliseconds_per_image": {name: round(1000 * value, 2) for name, value in cpu.items()},
        "rate": round(seconds["memory"] / seconds["zip"], 3),
        "cpu_rate": round(cpu["memory"] / cpu["zip"], 3),
    }


@contextmanager
def _open_zip(data: Path, images: int) -> Iterator[EncodedSource]:
    """A zip of photographs, as `mslg clean` reads it."""
    with tempfile.TemporaryDirectory(prefix="mslg-benchmark-") as folder:
        path = Path(folder, "photos.zip")
        names = write_photos(path, data, images)
        rows = [LabelRow(number, name, CLASSES[number % 2], name) for number, name in enumerate(names)]
        table = Labels(rows, CLASSES, {split_name(name): number for number, name in enumerate(names)})
        with open_dataset(path) as archive:
            yield scan_images(archive, table).open(archive, table, SIDE)


def _extract(source: EncodedSource, extractor: FeatureExtractor) -> None:
    """Extract the features of all images and keep them, as a first run does."""
    index: NDArray[np.int64] = np.arange(source.shape[0])
    with tempfile.TemporaryDirectory(prefix="mslg-benchmark-") as folder:
        for _ in Extraction(source, [extractor], FolderCache(Path(folder))).extract(index):
            pass


def _cost(call: Callable[[], object], images: int) -> Cost:
    started, cpu = time.perf_counter(), _cpu_seconds()
    call()
    return Cost((time.perf_counter() - started) / images, (_cpu_seconds() - cpu) / images)


def _cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Print the record as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="Parquet file of photographs")
    parser.add_argument("--images", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--job", type=int, help="photographs of a job whose memory is measured")
    parser.add_argument("--job-side", type=int, default=SIDE, help="side at which that job sees them")
    arguments = parser.parse_args()
    record = measure(arguments.data, arguments.images, arguments.rounds)
    if arguments.job:
        record["job"] = measure_job(arguments.data, arguments.job, arguments.job_side)
    print(json.dumps(record | provenance("cpu"), indent=2))


if __name__ == "__main__":
    main()
