"""A dataset with very many classes, from the upload to the export, through the real service.

    python -m benchmarks.speed.many_classes --classes 20000 --samples 100000

Images of 8 pixels: what grows with the number of classes is measured, not decoding. Each class has a colour
pattern of its own, and a tenth of the given labels are wrong. Prints a table: seconds per step, peak memory
of all processes of the service, and sizes of answers.
"""

import argparse
import os
import struct
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.markdown import table
from benchmarks.speed.services import MSLG, Service, serving

SIDE = 8
WRONG = 0.1
VERIFIED = 600
POLL_SECONDS = 0.5
CHUNK = 1 << 20
CONFIG = {
    "method": "mslg",
    "backbone": "train",
    "network": "cnn8_narrow",
    "image_size": SIDE,
    "epochs": 2,
    "warmup_epochs": 1,
}


class Step(NamedTuple):
    """One measured step: seconds, peak memory of the service in bytes, and what was answered."""

    name: str
    seconds: float
    memory: int
    answer: str


class Memory:
    """Watches the resident memory of a process and its descendants (Linux)."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._stop = pid, 0, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def take_peak(self) -> int:
        """The peak since the last call, in bytes."""
        peak, self._peak = max(self._peak, _memory_of(self._pid)), 0
        return peak

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            self._peak = max(self._peak, _memory_of(self._pid))


def _memory_of(root: int) -> int:
    """Private and shared resident bytes of `root` and all its descendants; shared pages count once each."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
    family, found = {root}, 0
    while new := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= new
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) << 10
    return found


def png(pixels: NDArray[np.uint8]) -> bytes:
    """An RGB image as PNG, faster than Pillow writes it."""
    side = len(pixels)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    header = struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = np.concatenate([np.zeros((side, 1), np.uint8), pixels.reshape(side, -1)], axis=1)
    data = zlib.compress(rows.tobytes(), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def write_dataset(path: Path, num_classes: int, num_samples: int) -> str:
    """Write a zip of class folders; return the table of verified labels."""
    rng = np.random.default_rng(0)
    true = np.arange(num_samples) % num_classes
    given = np.where(rng.random(num_samples) < WRONG, rng.integers(0, num_classes, num_samples), true)
    patterns = rng.integers(0, 200, (num_classes, SIDE, SIDE, 3))
    with zipfile.ZipFile(path, "w") as archive:
        for number, (label, own) in enumerate(zip(given.tolist(), true.tolist(), strict=True)):
            pixels = (patterns[own] + rng.integers(0, 56, (SIDE, SIDE, 3))).astype(np.uint8)
            archive.writestr(f"c{label:05d}/{number:06d}.png", png(pixels))
    chosen = rng.permutation(num_samples)[:VERIFIED].tolist()
    lines = [f"c{given[n]:05d}/{n:06d}.png,c{true[n]:05d}" for n in chosen if true[n] in set(given.tolist())]
    return "\n".join(["file_name,label", *lines, ""])


class Course:
    """The steps of one dataset through a service."""

    def __init__(self, service: Service, path: Path, verified: str) -> None:
        self._client, self._memory = service.client, Memory(service.process.pid)
        self._path, self._verified = path, verified
        self.steps: list[Step] = []

    def run(self) -> None:
        """From the upload to the export. Raises `SystemExit` if a step fails."""
        dataset = self._call("POST", "/datasets", json={"name": "many classes"})["id"]
        self._measure("ingest", lambda: self._ingest(dataset))
        self._measure("verified labels", lambda: self._verify(dataset))
        self._measure("verified set", lambda: self._size(f"/datasets/{dataset}/verified-set"))
        job = self._measure("job", lambda: self._train(dataset))
        for name, path in (
            ("summary", f"/jobs/{job}/summary"),
            ("ranking page, first 50", f"/jobs/{job}/results?limit=50"),
            ("ranking in columns, 20,000", f"/jobs/{job}/columns?limit=20000"),
            ("queues", f"/datasets/{dataset}/queues?reviewer=ada"),
        ):
            self._measure(name, lambda path=path: self._size(path))  # type: ignore[misc]
        for kind in ("csv", "parquet"):
            self._measure(f"export, {kind}", lambda kind=kind: self._export(job, kind))  # type: ignore[misc]

    def _measure(self, name: str, step: Callable[[], tuple[Any, str]]) -> Any:
        self._memory.take_peak()
        started = time.perf_counter()
        value, answer = step()
        self.steps.append(Step(name, time.perf_counter() - started, self._memory.take_peak(), answer))
        print(self.steps[-1], flush=True)
        return value

    def _ingest(self, dataset: str) -> tuple[None, str]:
        with self._path.open("rb") as file:
            chunks = iter(lambda: file.read(CHUNK), b"")
            self._call("PUT", f"/datasets/{dataset}/archive", content=chunks)
            self._wait(f"/datasets/{dataset}/ingest")
        found = self._call("GET", f"/datasets/{dataset}")
        return None, f"{found['num_samples']:,} images, {len(found['classes']):,} classes"

    def _verify(self, dataset: str) -> tuple[None, str]:
        headers = {"Content-Type": "text/csv"}
        path = f"/datasets/{dataset}/verifications"
        answer = self._call("POST", path, content=self._verified.encode(), headers=headers)
        return None, ", ".join(f"{value} {name}" for name, value in answer.items() if isinstance(value, int))

    def _train(self, dataset: str) -> tuple[str, str]:
        body = {"dataset_id": dataset, "name": "many", "config": CONFIG}
        job: str = self._call("POST", "/jobs", json=body)["id"]
        self._wait(f"/jobs/{job}")
        summary = self._call("GET", f"/jobs/{job}/summary")
        return job, f"{summary['num_issues']:,} labels look wrong"

    def _export(self, job: str, kind: str) -> tuple[None, str]:
        export = self._call("POST", f"/jobs/{job}/exports", json={"format": kind})["id"]
        done = self._wait(f"/exports/{export}")
        return None, f"{done['num_rows']:,} rows, {done['size_bytes'] / 1e6:.1f} MB"

    def _size(self, path: str) -> tuple[None, str]:
        response = self._client.get(path)
        if not response.is_success:
            raise SystemExit(f"{path}: {response.text[:500]}")
        return None, f"{len(response.content) / 1e6:.2f} MB"

    def _wait(self, path: str) -> Any:
        while True:
            work = self._call("GET", path)
            if work["status"] == "succeeded":
                return work
            if work["status"] in ("failed", "cancelled"):
                raise SystemExit(f"{path}: {work['error']}")
            time.sleep(POLL_SECONDS)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._client.request(method, path, **arguments)
        if not response.is_success:
            raise SystemExit(f"{method} {path}: {response.text[:500]}")
        return response.json()


def report(steps: list[Step]) -> str:
    """The steps as a Markdown table."""
    rows = [(step.name, f"{step.seconds:,.1f}", f"{step.memory / 2**30:.2f}", step.answer) for step in steps]
    return table(("step", "seconds", "peak memory, GiB", "answer"), rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--classes", type=int, default=20_000)
    parser.add_argument("--samples", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mslg-many-classes-") as folder:
        path = Path(folder) / "dataset.zip"
        verified = write_dataset(path, given.classes, given.samples)
        with serving((*MSLG, "serve"), Path(folder) / "data") as service:
            service.wait_until_up()
            course = Course(service, path, verified)
            course.run()
    print(f"\n{given.classes:,} classes, {given.samples:,} images, {os.cpu_count()} CPUs\n")
    print(report(course.steps))


if __name__ == "__main__":
    main()
