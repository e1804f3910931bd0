"""`mslg serve`: the whole service on this machine, from one command."""

import fcntl
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import FrameType

import uvicorn

from cli.accounts.database import print_first_link
from cli.errors import CommandError
from store.settings import Settings, get_settings
from worker.logs import configure_logging

WORKERS = (("worker", "--queues", "cpu", "--name", "cpu"), ("worker", "--queues", "gpu", "--name", "gpu"))
SHUTDOWN_SECONDS = 20
LOCK_FILE = "serve.lock"


def serve(parent_pid: int | None = None) -> None:
    """Migrate, start the workers, serve the API and the web UI; stop all of it on Ctrl-C or SIGTERM.

    Raises `CommandError` when the data folder or the port cannot be had.
    """
    # Late imports: `mslg api` needs neither Alembic nor what workers run, and starts sooner without them.
    from cli.migrate import migrate
    from cli.processes import Supervisor
    from worker.process.parent import exit_with_parent

    if parent_pid is not None:
        exit_with_parent(parent_pid)
    configure_logging()
    settings = get_settings()
    signal.signal(signal.SIGTERM, _exit)
    with _data_dir_held(settings.data_dir), listening_socket(settings.host, settings.port) as listener:
        migrate()
        _take_up_what_was_left(settings)
        with Supervisor(WORKERS):
            print(f"MSLG is ready: {url_of(listener)}", flush=True)  # noqa: T201 - the command's output
            print_first_link(settings, url_of(listener))
            run_api(listener)


def serve_api() -> None:
    """`mslg api`: only the API and the web UI. Raises `CommandError` when the port cannot be had."""
    settings = get_settings()
    configure_logging()
    with listening_socket(settings.host, settings.port) as listener:
        print_first_link(settings, url_of(listener))
        run_api(listener)


def run_api(listener: socket.socket) -> None:
    """Serve on `listener` until told to stop. Event streams then end; requests, such as a part of an upload,
    have `SHUTDOWN_SECONDS` to finish.
    """
    from api.app import create_app

    app = create_app()
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=SHUTDOWN_SECONDS)
    DrainingServer(config, app.state.services.stopping).run(sockets=[listener])


class DrainingServer(uvicorn.Server):
    """Sets `stopping` when it is told to stop. The application would hear of it only at the end."""

    def __init__(self, config: uvicorn.Config, stopping: Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """On SIGTERM and SIGINT."""
        self._stopping.set()
        super().handle_exit(sig, frame)


def listening_socket(host: str, port: int) -> socket.socket:
    """A TCP socket that listens on `host` and `port` (0: any free one). Raises `CommandError`."""
    try:
        bound = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CommandError(
            f"Cannot listen on {host}:{port}: {reason}. Try another --port or --host."
        ) from error
    # `create_server` leaves the protocol 0, and asyncio disables Nagle's algorithm only on connections whose
    # listener names TCP. Otherwise each body waits 40 ms for the client to acknowledge the headers.
    return socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds `listener`."""
    host, port = listener.getsockname()[:2]
    return f"http://{'localhost' if host in ('0.0.0.0', '::', '127.0.0.1') else host}:{port}"  # noqa: S104


@contextmanager
def _data_dir_held(data_dir: Path) -> Iterator[None]:
    """Make the data folder and hold its lock: two services on one folder would undo each other's work."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / LOCK_FILE).open("w")
    except OSError as error:
        raise CommandError(
            f"Cannot write to the data folder {data_dir.resolve()}: {error.strerror}. "
            "Choose another one with --data-dir."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(f"Another mslg serve uses the data folder {data_dir.resolve()}.") from error
        yield


def _take_up_what_was_left(settings: Settings) -> None:
    """Queue again what ran when the service stopped: the lock says that no worker of ours is left."""
    from store.database.columns import utc_now
    from worker.resources import get_engine
    from worker.tasks.sweep import sweep

    sweep(get_engine(), utc_now() + timedelta(seconds=settings.lease_seconds))
    get_engine().dispose()


def _exit(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
