"""Measures the memory of a whole job: `mslg clean` on a zip of photographs, in a process of its own.

    python -m benchmarks.speed.clean_memory FOLDER SIDE

The folder holds `photos.zip`, `labels.csv` and `verified.csv`.
"""

import csv
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from benchmarks.common.results import Record
from benchmarks.speed.gauges import MIB, PROC, peak_resident_memory
from benchmarks.speed.photo_zip import write_photos
from mslg_core.cleaning.clean import clean
from mslg_core.configs.job import parse_config

VERIFIED = 40
SECONDS_BETWEEN_SAMPLES = 0.5


def measure_job(data: Path, photos: int, side: int) -> Record:
    """Memory in MiB and seconds of a job on so many photographs, drawn at `side` pixels."""
    with tempfile.TemporaryDirectory(prefix="mslg-benchmark-") as name:
        folder = Path(name)
        names = write_photos(folder / "photos.zip", data, photos)
        rows = [(name, "ab"[number % 2]) for number, name in enumerate(names)]
        for table, part in (("labels", rows), ("verified", rows[:VERIFIED])):
            with (folder / f"{table}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("file_name", "label"), *part])
        command = [sys.executable, "-m", "benchmarks.speed.clean_memory", name, str(side)]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    record: Record = json.loads(ran.stdout)
    return {"photos": photos, "side": side, **record}


def _run(folder: Path, side: int) -> Record:
    """Clean the labels with the packaged network."""
    before, started = peak_resident_memory(), time.perf_counter()
    config = parse_config({"backbone": "pretrained", "image_size": side, "horizontal_flip": False})
    tables = folder / "labels.csv", folder / "verified.csv"
    with Decoders() as decoders:
        clean(folder / "photos.zip", *tables, folder / "out.csv", config)
    peak, decoded = peak_resident_memory(), sum(decoders.peaks.values())
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "interpreter_mib": before // MIB,
        "peak_mib": peak // MIB,
        "decoders_mib": decoded // MIB,
        "besides_interpreter_mib": (peak - before + decoded) // MIB,
    }


class Decoders:
    """Largest resident memory in bytes of each child process, by its number, sampled twice a second."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SECONDS_BETWEEN_SAMPLES):
            for child in _children():
                with suppress(OSError, StopIteration):  # it has ended since
                    self.peaks[child] = peak_resident_memory(child)


def _children() -> set[str]:
    """Numbers of this process's child processes."""
    threads = PROC.glob("self/task/*/children")
    return {child for thread in threads for child in thread.read_text(encoding="ascii").split()}


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]), int(sys.argv[2]))))
