"""A line on the terminal that shows how far a piece of work is."""

import sys
from types import TracebackType
from typing import Self, TextIO

from mslg_client.service import Json

BAR_WIDTH = 24
SECONDS_PER_MINUTE = 60


class ProgressLine:
    """Rewrites one line of standard error; does nothing where that is no terminal."""

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self._title = title
        self._stream = stream or sys.stderr
        self._is_shown = self._stream.isatty()
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._length:
            self._stream.write("\n")

    def show(self, work: Json) -> None:
        """Show the state of a piece of work."""
        self.write(describe(work))

    def write(self, text: str) -> None:
        """Replace the line."""
        if not self._is_shown:
            return
        line = f"{self._title}: {text}"
        self._stream.write("\r" + line.ljust(self._length))
        self._stream.flush()
        self._length = len(line)


def describe(work: Json) -> str:
    """A piece of work in a few words: `training [######......] 12/28, 34 s left`."""
    if work["status"] != "running":
        return str(work["status"])
    note, done, total = work["progress_note"] or "running", work["progress_done"], work["progress_total"]
    if not total:
        return note
    return f"{note} {bar(done, total)} {done:,}/{total:,}{_remaining(work)}"


def bar(done: int, total: int) -> str:
    """How much is done, drawn with a fixed number of characters."""
    filled = min(BAR_WIDTH, BAR_WIDTH * done // total)
    return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"


def _remaining(work: Json) -> str:
    if not work["progress_rate"]:
        return ""
    seconds = round((work["progress_total"] - work["progress_done"]) / work["progress_rate"])
    if seconds < SECONDS_PER_MINUTE:
        return f", {seconds} s left"
    return f", {round(seconds / SECONDS_PER_MINUTE)} min left"
