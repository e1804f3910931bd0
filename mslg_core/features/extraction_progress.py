"""Progress while features are extracted."""

import time
from collections.abc import Callable

from mslg_core.reports import ExtractionReport


class ExtractionProgress:
    """Counts images, of `total`, and the seconds that they take."""

    def __init__(self, total: int, report: Callable[[ExtractionReport], None]) -> None:
        self._total, self._report = total, report
        self._done = self._extracted = 0
        self._seconds, self._since = 0.0, time.monotonic()

    def start(self) -> None:
        """The extraction begins or continues."""
        self._since = time.monotonic()

    def skip(self, count: int) -> None:
        """The features of some images were known."""
        self._done += count

    def add(self, count: int) -> None:
        """Report that the features of some images have been extracted since the last call or the start."""
        now = time.monotonic()
        self._seconds, self._since = self._seconds + now - self._since, now
        self._done, self._extracted = min(self._total, self._done + count), self._extracted + count
        rate = self._extracted / max(self._seconds, 1e-9)
        left = (self._total - self._done) / rate if rate else 0.0
        self._report(
            ExtractionReport(done=self._done, total=self._total, images_per_second=rate, eta_seconds=left)
        )
