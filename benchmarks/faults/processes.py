"""Processes that are killed, stopped and started again."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import child_process

RESTART_SECONDS = 0.3
POLL_SECONDS = 0.1


@dataclass
class Unit:
    """A process that is started again whenever it ends. `starts` counts how often."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    user: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    before_start: Callable[[], None] | None = None
    starts: int = 0
    is_down: bool = False
    """Kept down on purpose."""
    _stack: ExitStack = field(default_factory=ExitStack)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the present process; it may have ended."""
        return 0 if self._process is None else self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process."""
        if self.before_start is not None:
            self.before_start()
        self.starts += 1
        running = child_process(
            self.command,
            self.log,
            environment=self.environment,
            user=self.user,
            stop_signal=self.stop_signal,
        )
        self._process = self._stack.enter_context(running)

    def tree(self) -> list[int]:
        """The process, then its children and theirs."""
        return list(_descend(self.pid)) if self.is_alive else []

    def send(self, number: signal.Signals, pids: Sequence[int] | None = None) -> None:
        """Send a signal to the process, or to `pids` of its tree."""
        for pid in [self.pid] if pids is None else pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self) -> None:
        """Stop it for good."""
        self.is_down = True
        self.send(signal.SIGCONT, self.tree())
        self._stack.close()


def _descend(pid: int) -> Iterator[int]:
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                yield from _descend(int(child))


@contextmanager
def kept_running(units: Sequence[Unit]) -> Iterator[None]:
    """Start the units, start again whichever ends, and end all with the block."""
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(units, over), name="keeper")
    try:
        for unit in units:
            unit.start()
        keeper.start()
        yield
    finally:
        over.set()
        if keeper.ident is not None:
            keeper.join()
        for unit in reversed(units):
            unit.end()


def _keep(units: Sequence[Unit], over: threading.Event) -> None:
    while not over.wait(POLL_SECONDS):
        for unit in units:
            if not unit.is_alive and not unit.is_down:
                time.sleep(RESTART_SECONDS)
                unit.start()
