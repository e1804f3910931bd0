"""What it costs and gains to extract the features of one job with several workers.

    python -m benchmarks.service.workers --broker-url redis://127.0.0.1:6379/0 [--images N] [--workers K]

The same job runs on one worker that extracts all features itself, on one worker that takes chunks from Redis,
and on K workers. Each runs on one thread. Beside the seconds from start to end, the processor time of the
workers is printed, which other load hardly affects. Redis is emptied before each run.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import redis

from benchmarks.common.results import Record, provenance
from benchmarks.speed.many_classes import write_dataset
from benchmarks.speed.services import API, MSLG, environment, migrate, serving

CLASSES = 4
POLL_SECONDS = 0.5
CONFIG = {"backbone": "pretrained", "horizontal_flip": False, "epochs": 2, "warmup_epochs": 1}


def measure(folder: Path, broker_url: str, images: int, side: int, workers: int) -> Record:
    """One job of `images` images of `side` pixels on so many workers; without a broker, on one."""
    if broker_url:
        with redis.Redis.from_url(broker_url) as client:
            client.flushdb()
    os.environ["OMP_NUM_THREADS"] = "1"
    settings = {"MSLG_BROKER_URL": broker_url}
    verified = write_dataset(folder / "images.zip", CLASSES, images)
    migrate(folder)
    with serving(API, folder, settings) as service, _worker("cpu", folder, settings):
        service.wait_until_up()
        client = service.client
        dataset = _upload(client, folder / "images.zip", verified)
        before = _cpu_seconds()
        running = [_start("gpu", folder, settings) for _ in range(workers)]
        body = {"dataset_id": dataset, "name": "chunks", "config": CONFIG | {"image_size": side}}
        job = _wait(client, f"/jobs/{_call(client, 'POST', '/jobs', json=body)['id']}")
        for process in running:
            _stop(process)
    return {
        "workers": workers,
        "chunks": bool(broker_url),
        "seconds": round(_seconds(job), 1),
        "cpu_seconds": round(_cpu_seconds() - before, 1),
    }


def _start(queue: str, folder: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [*MSLG, "worker", "--queues", queue]
    return subprocess.Popen(command, env=environment(folder) | settings)  # noqa: S603 - our own command


@contextmanager
def _worker(queue: str, folder: Path, settings: dict[str, str]) -> Iterator[None]:
    process = _start(queue, folder, settings)
    try:
        yield
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _upload(client: httpx.Client, archive: Path, verified: str) -> str:
    """A dataset with a verified set; its id."""
    dataset: str = _call(client, "POST", "/datasets", json={"name": "chunks"})["id"]
    _call(client, "PUT", f"/datasets/{dataset}/archive", content=archive.read_bytes())
    _wait(client, f"/datasets/{dataset}/ingest")
    headers = {"Content-Type": "text/csv"}
    path = f"/datasets/{dataset}/verifications"
    _call(client, "POST", path, content=verified.encode(), headers=headers)
    return dataset


def _wait(client: httpx.Client, path: str) -> Any:
    while True:
        work = _call(client, "GET", path)
        if work["status"] == "succeeded":
            return work
        if work["status"] in {"failed", "cancelled"}:
            raise SystemExit(f"{path}: {work['error']}")
        time.sleep(POLL_SECONDS)


def _call(client: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    response = client.request(method, path, **arguments)
    if not response.is_success:
        raise SystemExit(f"{method} {path}: {response.text[:500]}")
    return response.json()


def _seconds(job: dict[str, Any]) -> float:
    started, finished = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


def _cpu_seconds() -> float:
    """Of all child processes that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print one record per run as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--broker-url", required=True, help="Redis database, which is emptied")
    parser.add_argument("--images", type=int, default=2048)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    for broker_url, workers in (("", 1), (given.broker_url, 1), (given.broker_url, given.workers)):
        with tempfile.TemporaryDirectory(prefix="mslg-workers-") as folder:
            record = measure(Path(folder), broker_url, given.images, given.side, workers)
        print(json.dumps(record), flush=True)
    print(json.dumps({"images": given.images, "side": given.side} | provenance("cpu"), indent=2))


if __name__ == "__main__":
    main()
