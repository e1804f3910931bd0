"""What `mslg serve` takes while nobody uses it: memory and processor time of all its processes."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scale.course import Measured
from benchmarks.speed.gauges import MIB
from benchmarks.speed.requests import measure_start
from benchmarks.speed.services import MSLG, cpu_seconds, migrate, serving

SETTLE_SECONDS = 20
WATCH_SECONDS = 20


def measure_idle(folder: Path) -> Iterator[Measured]:
    """The start of the API on an empty database, then the whole service at rest."""
    migrate(folder)
    yield Measured("start of the API", measure_start(folder).wall, "s", 2)
    with serving((*MSLG, "serve"), folder) as service:
        service.wait_until_up()
        time.sleep(SETTLE_SECONDS)
        before = _cpu_seconds(service.process.pid)
        time.sleep(WATCH_SECONDS)
        share = (_cpu_seconds(service.process.pid) - before) / WATCH_SECONDS
        pids = [service.process.pid, *_descendants(service.process.pid)]
        yield Measured(
            f"idle, resident memory of {len(pids)} processes", sum(map(_resident, pids)), "MB", 400
        )
        yield Measured("idle, share of a core", 100 * share, "%", 1)


def _descendants(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        children += [int(child) for child in (thread / "children").read_text().split()]
    unique = list(dict.fromkeys(children))
    return [one for child in unique for one in (child, *_descendants(child))]


def _resident(pid: int) -> float:
    """Memory in MB, each shared page divided among those who share it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) * 1024 / MIB


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process and of all below it."""
    return sum(map(cpu_seconds, (pid, *_descendants(pid))))
