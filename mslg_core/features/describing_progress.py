"""Progress while images are described."""

import time
from collections.abc import Callable

from mslg_core.reports import DescribingReport


class DescribingProgress:
    """Counts images, of `total`, and the seconds that describing them takes."""

    def __init__(self, total: int, report: Callable[[DescribingReport], None]) -> None:
        self._total, self._report = total, report
        self._done = self._described = 0
        self._seconds, self._since = 0.0, time.monotonic()

    def start(self) -> None:
        """Describing begins or continues."""
        self._since = time.monotonic()

    def skip(self, count: int) -> None:
        """Some images were described before."""
        self._done += count

    def add(self, count: int) -> None:
        """Report that some images have been described since the last call or the start."""
        now = time.monotonic()
        self._seconds, self._since = self._seconds + now - self._since, now
        self._done, self._described = min(self._total, self._done + count), self._described + count
        rate = self._described / max(self._seconds, 1e-9)
        left = (self._total - self._done) / rate if rate else 0.0
        self._report(
            DescribingReport(done=self._done, total=self._total, images_per_second=rate, eta_seconds=left)
        )
