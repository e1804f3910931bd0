"""Starts the real API as a child process, on a data folder and a free port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent.parent
MSLG = (sys.executable, str(ROOT / "mslg_cli.py"))
START_SECONDS = 60
POLL_SECONDS = 0.005

WITH_NAGLE = """
import socket
from cli import serve
serve.listening_socket = lambda host, port: socket.create_server((host, port))
serve.serve_api()
"""
"""The API on a socket whose protocol is 0, as it was before responses were sent without Nagle's delay."""

API = (*MSLG, "api")
API_WITH_NAGLE = (sys.executable, "-c", WITH_NAGLE)


class Service:
    """A running API: its process and a client that keeps one connection."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=START_SECONDS)

    def wait_until_up(self) -> None:
        """Return with the first answer. Raises `SystemExit` when the service ends or stays silent."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if self.client.get("/health").is_success:
                    return
            except httpx.TransportError:
                time.sleep(POLL_SECONDS)
        raise SystemExit("The service did not start.")

    def cpu_seconds(self) -> float:
        """Processor time that the process has used so far (Linux)."""
        return cpu_seconds(self.process.pid)


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment(data_dir: Path, port: int = 0) -> dict[str, str]:
    """The environment of a service on `data_dir`, whatever the caller's own settings are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MSLG_")}
    ours = {"PYTHONPATH": str(ROOT), "MSLG_DATA_DIR": str(data_dir), "MSLG_PORT": str(port)}
    return kept | ours


def migrate(data_dir: Path) -> None:
    """Create the tables. Raises `CalledProcessError`."""
    subprocess.run([*MSLG, "migrate"], env=environment(data_dir), check=True)  # noqa: S603 - our own command


@contextmanager
def serving(
    command: tuple[str, ...], data_dir: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Start `command` on `data_dir`, which is migrated, with more `settings`, and stop it at the end of the
    block.
    """
    port = _free_port()
    variables = environment(data_dir, port) | dict(settings or {})
    process = subprocess.Popen(command, env=variables)  # noqa: S603 - our own command
    service = Service(process, port)
    try:
        yield service
    finally:
        service.client.close()
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
