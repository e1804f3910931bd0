"""Starts, restarts and stops the child processes of `mslg serve` and `mslg demo`."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import structlog

COMMAND_FILE = Path(__file__).resolve().parent.parent / "mslg_cli.py"
RESTART_SECONDS = 1.0
STOP_SECONDS = 10.0

Output = IO[bytes] | int | None

log = structlog.get_logger(__name__)


def start_mslg(
    arguments: Sequence[str], stdout: Output = None, stderr: Output = None
) -> subprocess.Popen[bytes]:
    """Start `mslg ARGUMENTS` as a child process that exits with this process.

    The child runs in its own session, so that Ctrl-C reaches only this process, which then stops its children
    in order.
    """
    command = [sys.executable, str(COMMAND_FILE), *arguments, "--parent-pid", str(os.getpid())]
    return subprocess.Popen(  # noqa: S603 - our own command line
        command, stdout=stdout, stderr=stderr, start_new_session=True
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate `process`; after `STOP_SECONDS`, kill it and its whole session."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Supervisor:
    """Keeps one `mslg` child process running per command line and restarts it if it exits."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._keep_running, args=(command,)) for command in commands]

    def __enter__(self) -> "Supervisor":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _keep_running(self, command: Sequence[str]) -> None:
        while not self._stopping.is_set():
            process = start_mslg(command, stdout=subprocess.DEVNULL)  # children log to standard error
            while process.poll() is None and not self._stopping.wait(0.2):
                pass
            if self._stopping.is_set():
                stop(process)
            else:
                log.warning("child_ended", command=" ".join(command), status=process.returncode)
                self._stopping.wait(RESTART_SECONDS)
