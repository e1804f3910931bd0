"""Writes the progress of a job, or of a chunk of it, into its row while features are extracted."""

import time
from dataclasses import dataclass, field

from mslg_core.reports import ExtractionReport
from store.models import FeatureChunk, Job
from store.tasks import lifecycle
from worker.claims import Claim

SECONDS_BETWEEN = 1.0
EXTRACTING = "extracting features"
CHOOSING = "choosing features"


@dataclass
class ProgressReports:
    """Writes reports, about one a second. Called with a report, it raises `SupersededError`, and
    `CancelledError` if cancellation was requested.
    """

    claim: Claim[Job] | Claim[FeatureChunk]
    _last: float = field(default=float("-inf"), init=False)

    def __call__(self, report: ExtractionReport) -> None:
        """Write `report`, unless the last one is more recent than a second."""
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN or report.done == report.total:
            self._last = now
            progress = lifecycle.Progress(report.done, report.total, EXTRACTING, report.images_per_second)
            self.claim.report(progress)
