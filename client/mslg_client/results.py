"""The ranking of a job, row by row."""

from collections.abc import Iterator
from typing import TypedDict

from mslg_client.service import Json, Service


class ResultFilter(TypedDict, total=False):
    """Which results: conditions that are combined with AND.

    given, suggested: classes. score_min, score_max: of the label score. rank_max: the most suspicious only.
    reviewed: whether there is a verdict. issue: whether the job flags the label. changed_by_model: whether an
    accepted suggestion changes the label.
    """

    given: str
    suggested: str
    score_min: float
    score_max: float
    rank_max: int
    reviewed: bool
    issue: bool
    verdict: str
    changed_by_model: bool


class Results:
    """The results of a job that match a filter, the most suspicious first. Each use reads them anew."""

    def __init__(self, service: Service, job_id: str, wanted: ResultFilter) -> None:
        self._service = service
        self._ids = {"job_id": job_id}
        self._wanted = wanted

    def __iter__(self) -> Iterator[Json]:
        """One dict per sample, read page by page."""
        return self._service.pages("/jobs/{job_id}/results", ids=self._ids, params=dict(self._wanted))
