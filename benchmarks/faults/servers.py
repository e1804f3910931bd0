"""Own Postgres and Redis as units, and a small disk of their own for blobs."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from benchmarks.faults.processes import Unit
from tests.servers import (
    STARTUP_SECONDS,
    child_process,
    find_postgres,
    find_redis,
    free_port,
    postgres_answers,
    unprivileged_user,
)

DISK_MIB = 256
ZEROS = bytes(1024 * 1024)
POLL_SECONDS = 0.05
POSTGRES_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Whole machines do not crash here, only processes; what was committed must survive that.
    "fsync": "off",
    "synchronous_commit": "on",
    "max_connections": "200",
}


def postgres_unit(folder: Path) -> tuple[Unit, int]:
    """A Postgres server in a new `folder`, and its port. It stops at once, as after a crash."""
    folder.mkdir()
    user, port = unprivileged_user(), free_port()
    if user:
        os.chown(folder, user, user)
    binaries, log = find_postgres(folder, user), folder / "log"
    options: list[str | Path] = [
        "--no-sync",
        "-A",
        "trust",
        "-U",
        "mslg",
        "-E",
        "UTF8",
        "--locale=C",
        "-D",
        folder / "data",
    ]
    with child_process([binaries / "initdb", *options], log, user=user) as process:
        if process.wait(timeout=STARTUP_SECONDS) != 0:
            raise SystemExit(f"initdb failed:\n{log.read_text()}")
    settings = [part for name, value in POSTGRES_OPTIONS.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [binaries / "postgres", "-D", folder / "data", "-p", str(port), *settings]
    return Unit("postgres", command, log, user=user, stop_signal=signal.SIGQUIT), port


def redis_unit(folder: Path) -> tuple[Unit, int]:
    """A Redis server that keeps nothing when it ends, and its port."""
    folder.mkdir()
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    return Unit("redis", [find_redis(), *options, "--dir", folder], folder / "log"), port


def postgres_url(port: int) -> str:
    """Of the service's database."""
    return f"postgresql://mslg@127.0.0.1:{port}/postgres"


def wait_for_postgres(port: int) -> None:
    """Return once it answers. Raises `SystemExit` if it does not."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while not postgres_answers(postgres_url(port)):
        if time.monotonic() > deadline:
            raise SystemExit("Postgres does not start again.")
        time.sleep(POLL_SECONDS)


def fetch(port: int, statement: str) -> list[tuple[object, ...]]:
    """All rows of a query, past all links."""
    with psycopg.connect(postgres_url(port), autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


class Disk:
    """The file system of the blobs. `is_own`: a small one, which can be filled and locked."""

    def __init__(self, folder: Path, *, is_own: bool) -> None:
        self.folder, self.is_own = folder, is_own

    def fill(self) -> None:
        """Leave no room."""
        with suppress(OSError), (self.folder / "filler").open("ab", buffering=0) as file:
            while file.write(ZEROS):
                pass

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "filler").unlink(missing_ok=True)

    def remount(self, mode: str) -> bool:
        """Make it `ro` or `rw`. Returns whether it was possible: not while a file is being written."""
        command = ["mount", "-o", f"remount,{mode}", str(self.folder)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A file system in memory, mounted at a new `folder`, where the system allows that; else the folder."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    mounted = subprocess.run(["mount", *options], check=False, capture_output=True)  # noqa: S603, S607
    try:
        yield Disk(folder, is_own=mounted.returncode == 0)
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S603, S607
