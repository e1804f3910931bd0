"""How long does it take to merge two classes of 100,000 samples, and does the undo restore every row?

    python -m benchmarks.scale.class_changes [--server postgresql://USER@HOST/postgres] [--samples N]

Two of three classes share most of N samples, a fifth of which are verified. The service merges the two over
HTTP and undoes the merge; samples, decisions and results are compared with those before, byte for byte. For
comparison, the given labels of one class are rewritten by a bare statement in the same database.
"""

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.scale.database import Database, connected, new_database, seconds_of
from benchmarks.scale.dataset import Filled, fill, verified_labels
from benchmarks.speed.services import API, MSLG, Service, environment, serving

TABLES = {"samples": "id", "verifications": "id", "results": "sample_id"}
SHARE_VERIFIED = 5
# All classes but one of the filled dataset become two.
JOIN = "UPDATE samples SET given_label = given_label % 2 WHERE given_label < 13"
REWRITE = "UPDATE samples SET given_label = 1 WHERE given_label = 0"


def measure(num_samples: int, server: str | None) -> dict[str, Any]:
    """Seconds of a merge, its undo and a rewrite, and whether all rows are the same afterwards."""
    with tempfile.TemporaryDirectory(prefix="mslg-classes-") as name, new_database(server, Path(name)) as url:
        settings = {"MSLG_DATABASE_URL": url}
        subprocess.run([*MSLG, "migrate"], env=environment(Path(name)) | settings, check=True)  # noqa: S603
        with connected(url) as database:
            filled = fill(database, num_samples)
            subprocess.run([*MSLG, "recount"], env=environment(Path(name)) | settings, check=True)  # noqa: S603
            with serving(API, Path(name), settings) as service:
                service.wait_until_up()
                verify(service, filled, num_samples // SHARE_VERIFIED)
                database.fetch(JOIN)
                _commit(database)
                database.settle()
                figures = merge_and_undo(service, database, filled)
            return figures | {"rewrite_s": seconds_of(database, REWRITE)}


def verify(service: Service, filled: Filled, count: int) -> None:
    """Upload verified labels of `count` samples."""
    service.client.post(
        f"/datasets/{filled.dataset_id}/verifications",
        content=verified_labels(filled.answers, 0, count),
        headers={"Content-Type": "text/csv"},
        timeout=600,
    ).raise_for_status()


def merge_and_undo(service: Service, database: Database, filled: Filled) -> dict[str, Any]:
    """Merge class 0 into class 1, and undo it."""
    address, before = f"/datasets/{filled.dataset_id}", fingerprints(database)
    counted = service.client.get(f"{address}/verified-set").json()["classes"]
    merge_s = _seconds(service, f"{address}/classes/0/merge", {"into": 1})
    merged = service.client.get(f"{address}/verified-set").json()["classes"]
    number = service.client.get(address).json()["version"]
    undo_s = _seconds(service, f"{address}/changes/{number}/undo", {})
    after = fingerprints(database)
    joined = sum(one["given"] for one in counted[:2])
    return {
        "samples": joined,
        "merged_in_counts": merged[0]["given"] == joined,
        "merge_s": merge_s,
        "undo_s": undo_s,
        "same_rows": {name: before[name] == after[name] for name in TABLES},
    }


def fingerprints(database: Database) -> dict[str, str]:
    """A hash of all rows of each table."""
    return {name: _hash(database, f"SELECT * FROM {name} ORDER BY {key}") for name, key in TABLES.items()}  # noqa: S608


def _hash(database: Database, statement: str) -> str:
    digest = hashlib.sha256()
    for row in database.fetch(statement):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _seconds(service: Service, path: str, body: dict[str, Any]) -> float:
    began = time.perf_counter()
    service.client.post(path, json=body).raise_for_status()
    return time.perf_counter() - began


def _commit(database: Database) -> None:
    """SQLite holds the lock of an update until then; on Postgres each statement is a transaction."""
    if database.url.startswith("sqlite"):
        database.settle()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", type=int, default=108_000)
    parser.add_argument("--server", help="a Postgres server; without one, SQLite")
    given = parser.parse_args()
    figures = measure(given.samples, given.server)
    print(json.dumps(figures | {"load": os.getloadavg()[0]}, indent=1))


if __name__ == "__main__":
    main()
