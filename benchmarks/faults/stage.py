"""All that a trial runs on: servers, links, disk, API, workers, a receiver of webhooks."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.faults.links import Network, networking
from benchmarks.faults.processes import Unit, kept_running
from benchmarks.faults.servers import (
    Disk,
    postgres_unit,
    postgres_url,
    redis_unit,
    small_disk,
    wait_for_postgres,
)
from tests.servers import free_port

ROOT = Path(__file__).parent.parent.parent
MSLG = (sys.executable, str(ROOT / "mslg_cli.py"))
LEASE_SECONDS = 3.0
SETTINGS = {
    "MSLG_LEASE_SECONDS": str(LEASE_SECONDS),
    "MSLG_HEARTBEAT_SECONDS": "0.75",
    "MSLG_SWEEP_SECONDS": "1",
    "MSLG_RESEND_SECONDS": "2",
    "MSLG_MAX_ATTEMPTS": "10000",  # faults are much more frequent than in life
    "MSLG_WEBHOOK_NETWORKS": "127.0.0.0/8",
    "MSLG_SECRET_KEY": "the same for the API and all workers",
    "MSLG_ORPHAN_SECONDS": "60",
    "OMP_NUM_THREADS": "1",
}
WORKERS = (("cpu-1", "cpu"), ("cpu-2", "cpu"), ("gpu-1", "gpu"), ("gpu-2", "gpu"))
CLOCKED = "cpu-2"
FAKETIME = next((path for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
"""The library that changes the clock of one worker; None where it is not installed."""


@dataclass(frozen=True)
class Stage:
    """See the module. Workers by name; `api_url` is behind a link."""

    folder: Path
    network: Network
    disk: Disk
    postgres: Unit
    redis: Unit
    api: Unit
    workers: list[Unit]
    postgres_port: int
    redis_port: int
    api_url: str
    receiver: "Receiver"

    @property
    def blobs(self) -> Path:
        """The folder of the blobs."""
        return self.disk.folder / "blobs"

    @property
    def clock(self) -> Path:
        """The file with the shift of the clock of the worker `CLOCKED`, such as +3600 or -60."""
        return self.folder / "clock"


class Receiver:
    """A receiver of webhooks, which keeps the ids of the events that it was sent."""

    def __init__(self) -> None:
        self.events: list[str] = []
        events = self.events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                events.append(self.headers["webhook-id"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @contextmanager
    def running(self) -> Iterator[None]:
        """Receive during the block."""
        self._thread.start()
        yield
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def set_up(folder: Path) -> Iterator[Stage]:
    """A stage in an empty folder, which the user of Postgres can read."""
    (folder / "clock").write_text("+0")
    postgres, postgres_port = postgres_unit(folder / "postgres")
    redis, redis_port = redis_unit(folder / "redis")
    receiver, api_port = Receiver(), free_port()
    targets = {
        "client-api": api_port,
        "api-postgres": postgres_port,
        "api-redis": redis_port,
        "worker-postgres": postgres_port,
        "worker-redis": redis_port,
        "worker-receiver": receiver.port,
    }
    with (
        small_disk(folder / "disk") as disk,
        receiver.running(),
        networking(targets) as network,
        kept_running([postgres, redis]),
    ):
        wait_for_postgres(postgres_port)
        migrate(postgres_url(postgres_port))
        api = _unit("api", ["api"], folder, disk, network)
        api.environment = {**(api.environment or {}), "MSLG_PORT": str(api_port)}
        workers = [
            _unit(name, ["worker", "--queues", queue, "--name", name], folder, disk, network)
            for name, queue in WORKERS
        ]
        with kept_running([api, *workers]):
            url = f"http://127.0.0.1:{network.port('client-api')}/api/v1"
            yield Stage(
                folder, network, disk, postgres, redis, api, workers, postgres_port, redis_port, url, receiver
            )


def migrate(url: str) -> None:
    """Create the tables."""
    variables = _own_environment() | {"MSLG_DATABASE_URL": url}
    subprocess.run([*MSLG, "migrate"], env=variables, check=True)  # noqa: S603 - our own command


def _unit(name: str, arguments: list[str], folder: Path, disk: Disk, network: Network) -> Unit:
    side = "api" if name == "api" else "worker"
    temporary = disk.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = _own_environment() | SETTINGS
    environment |= {
        "MSLG_DATA_DIR": str(folder / "data"),
        "MSLG_DATABASE_URL": postgres_url(network.port(f"{side}-postgres")),
        "MSLG_BROKER_URL": f"redis://127.0.0.1:{network.port(f'{side}-redis')}/0",
        "MSLG_BLOB_URL": (disk.folder / "blobs").as_uri(),
        "TMPDIR": str(temporary),
    }
    if name == CLOCKED and FAKETIME is not None:
        environment |= {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
    command = [*MSLG, *arguments]
    log = folder / f"{name}.log"
    return Unit(name, command, log, environment, stop_signal=signal.SIGKILL)


def _own_environment() -> dict[str, str]:
    """The caller's, without settings of a service of theirs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MSLG_")}
    return kept | {"PYTHONPATH": f"{ROOT}:{ROOT / 'client'}"}
