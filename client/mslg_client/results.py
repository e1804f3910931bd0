"""The ranking of a job: as rows, Arrow, pandas or polars."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypedDict

import httpx

from mslg_client.errors import MissingPackageError
from mslg_client.service import Json, Service

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class ResultFilter(TypedDict, total=False):
    """Which results: conditions that are combined with AND.

    given, suggested: classes. score_min, score_max: of the label score. rank_max: the most suspicious only.
    reviewed: whether there is a verdict. issue: whether the job flags the label. changed_by_model: whether an
    accepted suggestion changes the label. metadata: conditions such as `camera:eq:A`. tag: tags that each
    must have. sort: a column of metadata instead of the rank, `descending` or not; not for Arrow.
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
    metadata: list[str]
    tag: list[str]
    sort: str
    descending: bool


class Results:
    """The results of a job that match a filter, the most suspicious first. Each use reads them anew."""

    def __init__(self, service: Service, job_id: str, wanted: ResultFilter) -> None:
        self._service = service
        self._ids = {"job_id": job_id}
        self._wanted = wanted

    def __iter__(self) -> Iterator[Json]:
        """One dict per sample, read page by page."""
        return self._service.pages("/jobs/{job_id}/results", ids=self._ids, params=dict(self._wanted))

    def batches(self, *, soft_labels: bool = True) -> "Iterator[pa.RecordBatch]":
        """Arrow record batches, while they arrive: a million results need no more memory than thousands.

        Labels and verdicts are dictionaries. Raises `MissingPackageError` without pyarrow.
        """
        with self._open(soft_labels) as reader:
            yield from reader

    def to_arrow(self, *, soft_labels: bool = True) -> "pa.Table":
        """All of them as a table. See `batches`."""
        with self._open(soft_labels) as reader:
            return reader.read_all()

    def to_pandas(self, *, soft_labels: bool = True) -> "pd.DataFrame":
        """All of them as a data frame of pandas. Raises `MissingPackageError` without pandas."""
        _import("pandas", "pandas")
        return self.to_arrow(soft_labels=soft_labels).to_pandas()

    def to_polars(self, *, soft_labels: bool = True) -> "pl.DataFrame":
        """All of them as a data frame of polars. Raises `MissingPackageError` without polars."""
        frame: pl.DataFrame = _import("polars", "polars").from_arrow(self.to_arrow(soft_labels=soft_labels))
        return frame

    @contextmanager
    def _open(self, soft_labels: bool) -> "Iterator[pa.RecordBatchReader]":
        pyarrow = _import("pyarrow", "arrow")
        params = {**self._wanted, "soft_labels": soft_labels}
        with (
            self._service.stream("/jobs/{job_id}/results.arrow", ids=self._ids, params=params) as response,
            pyarrow.ipc.open_stream(_Body(response)) as reader,
        ):
            yield reader


def _import(package: str, extra: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise MissingPackageError(package, f"mslg-client[{extra}]") from error


class _Body:
    """The body of an answer as a file that returns as many bytes as it is asked for."""

    closed = False

    def __init__(self, response: httpx.Response) -> None:
        self._parts = response.iter_bytes()
        self._rest = b""

    def read(self, size: int) -> bytes:
        """`size` bytes, fewer at the end."""
        parts, length = [self._rest], len(self._rest)
        while length < size and (part := next(self._parts, b"")):
            parts.append(part)
            length += len(part)
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]

    def readable(self) -> bool:
        """As Arrow asks."""
        return True

    def close(self) -> None:
        """Nothing: the connection ends with its block."""
