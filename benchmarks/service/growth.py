"""Adds images to a dataset of a folder: only the new files are read, and decisions and ranks stay.

    python -m benchmarks.service.growth [--images 100000] [--added 10000]

A dataset of small images in ten classes is taken in, and a job ranks it. Then the content of every file is
replaced by as many zeros, without a change of size and time, and new files are put beside them. So an
addition or a job that read one of the first images again would fail. Compared are the seconds of both jobs
and both ingests, all results of the first job, and all decisions.
"""

import argparse
import hashlib
import io
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from benchmarks.common.results import Record, provenance
from benchmarks.speed.services import MSLG, Service, migrate, serving

CLASSES, SIDE, VERIFIED = 10, 28, 30
SERVE = (*MSLG, "serve")
CONFIG = {"backbone": "patches", "epochs": 2, "warmup_epochs": 1, "horizontal_flip": False}
POLL_SECONDS = 0.5
PAGE = 1000


def measure(folder: Path, images: int, added: int) -> Record:
    """Both ingests and both jobs of a dataset of `images` that grows by `added`."""
    source, data = folder / "root" / "digits", folder / "data"
    write_images(source, range(images))
    migrate(data)
    with serving(SERVE, data, {"MSLG_SOURCE_FOLDERS": f"root={source.parent}"}) as service:
        client = _client(service)
        dataset = call(client, "POST", "/datasets", json={"name": "digits"})["id"]
        body = {"address": "folder:root/digits"}
        call(client, "PUT", f"/datasets/{dataset}/source", json=body)
        first = wait(client, f"/datasets/{dataset}/ingest")
        _verify(client, dataset)
        job = _run_job(client, dataset)
        before = _fingerprint(client, dataset, job["id"])
        blank(source)
        write_images(source, range(images, images + added))
        call(client, "POST", f"/datasets/{dataset}/source/additions", json={})
        addition = wait(client, f"/datasets/{dataset}/additions")
        again = _fingerprint(client, dataset, job["id"])
        second = _run_job(client, dataset)
    return {
        "images": images,
        "changes": addition["changes"],
        "results_and_decisions_unchanged": before == again,
        "ingest_seconds": seconds(first),
        "addition_seconds": seconds(addition),
        "first_job_seconds": seconds(job),
        "second_job_seconds": seconds(second),
    }


def write_images(folder: Path, numbers: range) -> None:
    """PNG files of noisy patterns, one pattern per class, in class folders."""
    patterns = np.random.default_rng(0).integers(0, 256, (CLASSES, SIDE, SIDE))
    for number in numbers:
        noise = np.random.default_rng(number + 1).normal(0, 40, (SIDE, SIDE))
        pixels = np.clip(patterns[number % CLASSES] + noise, 0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        path = folder / str(number % CLASSES) / f"{number:06}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.getvalue())


def blank(folder: Path) -> None:
    """Replace the content of all files by zeros that look unchanged."""
    for path in folder.rglob("*.png"):
        before = path.stat()
        path.write_bytes(bytes(before.st_size))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def call(client: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    """The body of an answer. Raises `SystemExit` for a refusal."""
    response = client.request(method, path, **arguments)
    if response.is_error:
        raise SystemExit(f"{method} {path}: {response.text}")
    return response.json()


def wait(client: httpx.Client, path: str) -> Any:
    """The task, or the newest of a list, once it has succeeded. Raises `SystemExit` if it does not."""
    while True:
        body = call(client, "GET", path)
        work = body["items"][0] if "items" in body else body
        if work["status"] == "succeeded":
            return work
        if work["status"] not in {"queued", "running"}:
            raise SystemExit(f"{path}: {work['error']}")
        time.sleep(POLL_SECONDS)


def seconds(work: dict[str, Any]) -> float:
    """From the start to the end of a task."""
    started, finished = (datetime.fromisoformat(work[name]) for name in ("started_at", "finished_at"))
    return round((finished - started).total_seconds(), 1)


def _client(service: Service) -> httpx.Client:
    service.wait_until_up()
    return service.client


def _verify(client: httpx.Client, dataset: str) -> None:
    """Verify the first images of every class."""
    lines = [f"{n % CLASSES}/{n:06}.png,{n % CLASSES}" for n in range(CLASSES * VERIFIED)]
    call(
        client,
        "POST",
        f"/datasets/{dataset}/verifications",
        content="\n".join(["file_name,label", *lines]).encode(),
        headers={"Content-Type": "text/csv"},
    )


def _run_job(client: httpx.Client, dataset: str) -> Any:
    job = call(client, "POST", "/jobs", json={"dataset_id": dataset, "name": "growth", "config": CONFIG})
    return wait(client, f"/jobs/{job['id']}")


def _fingerprint(client: httpx.Client, dataset: str, job: str) -> str:
    """A digest of all results of a job, with their ranks, and of all decisions about the dataset."""
    digest = hashlib.sha256()
    for path in (f"/jobs/{job}/results", f"/datasets/{dataset}/verifications"):
        for item in _pages(client, path):
            digest.update(json.dumps(item, sort_keys=True).encode())
    return digest.hexdigest()


def _pages(client: httpx.Client, path: str) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        page = call(client, "GET", path, params={"limit": PAGE} | ({"cursor": cursor} if cursor else {}))
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--added", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mslg-growth-") as folder:
        record = measure(Path(folder), options.images, options.added)
    print(json.dumps(record | provenance("cpu"), indent=2))


if __name__ == "__main__":
    main()
