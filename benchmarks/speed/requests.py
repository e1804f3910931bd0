"""How long a trivial request and the start of the API take.

    python -m benchmarks.speed.requests --json

One client calls `GET /session`, which needs no database, over a kept connection, first on a service that
sends its responses with Nagle's delay, as it once did, then on the service as it is. A start is timed from
the process to the first answer, on an empty, migrated data folder.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.speed.services import API, API_WITH_NAGLE, ROOT, Service, migrate, serving

REQUESTS = 100
WARM_UP = 20
STARTS = 5
SHOWN_PACKAGES = 12
IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +(\w+)")


class Start(NamedTuple):
    """Seconds from a process to its first answer: on the clock, and of the processor."""

    wall: float
    cpu: float


def measure_requests(data_dir: Path, requests: int) -> dict[str, float]:
    """Median milliseconds of a request with and without Nagle's delay, and their ratio."""
    before, now = (_median_request(command, data_dir, requests) for command in (API_WITH_NAGLE, API))
    return {"delayed_ms": round(before, 2), "request_ms": round(now, 2), "ratio": round(before / now, 1)}


def measure_start(data_dir: Path) -> Start:
    """Start the API once."""
    began = time.perf_counter()
    with serving(API, data_dir) as service:
        service.wait_until_up()
        return Start(time.perf_counter() - began, service.cpu_seconds())


def time_imports() -> Counter[str]:
    """Milliseconds that the modules of each top-level package take to import, children not included."""
    code = "import mslg_cli, cli.serve, api.app"
    command = [sys.executable, "-X", "importtime", "-c", code]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    packages: Counter[str] = Counter()
    for microseconds, package in IMPORT_LINE.findall(run.stderr):
        packages[package] += int(microseconds)
    return Counter({package: round(total / 1000) for package, total in packages.items()})


def measure(requests: int, starts: int) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory(prefix="mslg-") as folder:
        data_dir = Path(folder)
        migrate(data_dir)
        measured = [measure_start(data_dir) for _ in range(starts)]
        figures: dict[str, Any] = dict(measure_requests(data_dir, requests))
    figures["start_seconds"] = round(statistics.median(start.wall for start in measured), 2)
    figures["start_cpu_seconds"] = round(statistics.median(start.cpu for start in measured), 2)
    figures["import_ms"] = dict(time_imports().most_common(SHOWN_PACKAGES))
    return figures


def as_text(figures: dict[str, Any]) -> str:
    """The figures for people."""
    packages = ", ".join(f"{package} {ms}" for package, ms in figures["import_ms"].items())
    wall, cpu = figures["start_seconds"], figures["start_cpu_seconds"]
    return (
        f"trivial request   {figures['request_ms']} ms; with Nagle's delay {figures['delayed_ms']} ms, "
        f"{figures['ratio']} times as long\n"
        f"start of the API  {wall} s, {cpu} s of processor time\n"
        f"imports (ms)      {packages}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.requests, arguments.starts)
    print(json.dumps(figures) if arguments.json else as_text(figures))


def _median_request(command: tuple[str, ...], data_dir: Path, requests: int) -> float:
    with serving(command, data_dir) as service:
        service.wait_until_up()
        return statistics.median([_time_request(service) for _ in range(WARM_UP + requests)][WARM_UP:])


def _time_request(service: Service) -> float:
    began = time.perf_counter()
    service.client.get("/session").raise_for_status()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
