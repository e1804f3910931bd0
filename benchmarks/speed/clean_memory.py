"""Measures the memory of a whole job: `mslg clean` on a zip of photographs, in a process of its own.

    python -m benchmarks.speed.clean_memory FOLDER SIDE

The folder holds `photos.zip`, `labels.csv` and `verified.csv`.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common.results import Record
from benchmarks.speed.gauges import MIB
from benchmarks.speed.photo_zip import write_photos
from mslg_core.cleaning.clean import clean
from mslg_core.configs.job import parse_config
from mslg_core.images.decoders import count_cpus

VERIFIED = 40


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
    before, started = _peak(resource.RUSAGE_SELF), time.perf_counter()
    config = parse_config({"backbone": "pretrained", "image_size": side, "horizontal_flip": False})
    tables = folder / "labels.csv", folder / "verified.csv"
    clean(folder / "photos.zip", *tables, folder / "out.csv", config)
    peak, decoder = _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "interpreter_mib": before,
        "peak_mib": peak,
        "largest_decoder_mib": decoder,
        "besides_interpreter_mib": peak - before + count_cpus() * decoder,
    }


def _peak(who: int) -> int:
    """Largest resident memory so far in MiB. Of children: of the largest one."""
    return resource.getrusage(who).ru_maxrss * 1024 // MIB


if __name__ == "__main__":
    print(json.dumps(_run(Path(sys.argv[1]), int(sys.argv[2]))))
