"""How fast do a million results reach a client as Arrow, compared with a raw COPY of the same rows?

    python -m benchmarks.service.arrow --server postgresql://USER@HOST/postgres [--samples 1000000] [--runs 3]

The dataset and its job are those of `benchmarks.scale`, in a database of its own. Each run first reads the
rows with COPY and drops them, then reads them as record batches, through the service and the Python client.
Printed are rows per second, their ratio, and the peak memory of the service.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.scale.database import Database, connected, new_database
from benchmarks.scale.dataset import fill
from benchmarks.speed.services import API, MSLG, Service, environment, serving
from mslg_client import Client, Job

SAME_ROWS = """
    SELECT s.id, s.file_name, s.external_id, r.given, r.suggested, r.label_score, r.rank, r.is_label_issue,
        r.confidence, s.verdict, s.settled_label, r.soft_label, r.soft_label_classes
    FROM results r JOIN samples s ON s.id = r.sample_id WHERE r.job_id = '{job_id}' ORDER BY r.rank
"""
FEW = 100_000


class Figures(NamedTuple):
    """Rows per second both ways, and the peak memory of the service before, after `FEW` and all rows, MiB."""

    samples: int
    copy: float
    arrow: float
    memory_before: float
    memory_few: float
    memory_all: float

    @property
    def ratio(self) -> float:
        """Arrow through the service : raw COPY."""
        return self.arrow / self.copy


def measure(samples: int, server: str, runs: int) -> Figures:
    """Fill a database, start the API on it and read everything `runs` times; medians."""
    with tempfile.TemporaryDirectory(prefix="mslg-arrow-") as name, new_database(server, Path(name)) as url:
        settings = {"MSLG_DATABASE_URL": url}
        subprocess.run([*MSLG, "migrate"], env=environment(Path(name)) | settings, check=True)  # noqa: S603
        with connected(url) as database, serving(API, Path(name), settings) as service:
            job_id = fill(database, samples).job_id
            database.settle()
            service.wait_until_up()
            with Client(str(service.client.base_url)) as client:
                return _measure_job(service, database, client.jobs.get(job_id), samples, runs)


def _measure_job(service: Service, database: Database, job: Job, samples: int, runs: int) -> Figures:
    statement = SAME_ROWS.format(job_id=job.id)
    before = _peak_memory(service)
    assert _read(job, FEW) == min(FEW, samples)  # noqa: S101 - a wrong figure is worse than none
    few = _peak_memory(service)
    pairs = list(_pairs(lambda: database.write_out(statement), lambda: _read(job, samples), runs))
    copy, arrow = (samples / median(seconds) for seconds in zip(*pairs, strict=True))
    return Figures(samples, copy, arrow, before, few, _peak_memory(service))


def _pairs(first: Callable[[], int], second: Callable[[], int], runs: int) -> Iterator[tuple[float, float]]:
    """The seconds of both, one after the other in each run."""
    for _ in range(runs):
        yield _seconds(first), _seconds(second)


def _read(job: Job, rank_max: int) -> int:
    """The number of results that arrived."""
    return sum(batch.num_rows for batch in job.results(rank_max=rank_max).batches())


def _seconds(action: Callable[[], int]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _peak_memory(service: Service) -> float:
    """In MiB (Linux)."""
    lines = Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


def main() -> None:
    """Print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="a Postgres server, where a database is created")
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    figures = measure(chosen.samples, chosen.server, chosen.runs)
    print(json.dumps({**figures._asdict(), "ratio": figures.ratio}))


if __name__ == "__main__":
    main()
