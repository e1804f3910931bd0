"""Writes a job's results in bulk, in the transaction in which the job succeeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from store.database.columns import JsonObject
from store.models.job import Job
from store.models.result import Result, SuspectedLabelError
from store.results.result_counts import recount_results
from store.tasks import lifecycle

BATCH_ROWS = 50_000
COLUMNS = (
    "job_id",
    "sample_id",
    "given",
    "suggested",
    "label_score",
    "rank",
    "is_label_issue",
    "confidence",
    "soft_label",
    "trajectory",
    "neighbours",
    "soft_label_classes",
)

# Postgres' binary COPY format (manual page "COPY", section "Binary Format"): a header; for each row the
# number of fields and each field's length and big-endian value; a trailer of -1.
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"


@dataclass(frozen=True, slots=True)
class ResultRows:
    """The columns of a job's results. N samples, C classes, E epochs, K neighbours of either class.

    soft_label_classes: with many classes, those of the C columns of the soft labels; None: the columns are
    the dataset's classes.
    """

    sample_ids: NDArray[np.int64]  # [N]
    given: NDArray[np.int64]  # [N]
    suggested: NDArray[np.int64]  # [N]
    label_scores: NDArray[np.float32]  # [N], low = probably wrong
    ranks: NDArray[np.int64]  # [N], 1 = most suspicious
    is_label_issue: NDArray[np.bool_]  # [N]
    soft_labels: NDArray[np.float32]  # [N, C]
    trajectories: NDArray[np.uint8]  # [N, E, 2], given label and suggestion, in steps of 1/255
    neighbours: NDArray[np.int64]  # [N, 2, K] sample ids, given and suggested class, 0: none
    soft_label_classes: NDArray[np.int64] | None = None  # [N, C]

    def __post_init__(self) -> None:
        """Raise `ValueError` unless all columns have N rows."""
        columns = (self.given, self.suggested, self.label_scores, self.ranks, self.is_label_issue)
        wide = (self.soft_labels, self.trajectories, self.neighbours)
        if [column.ndim for column in wide] != [2, 3, 3]:
            raise ValueError("a column of the results has the wrong number of dimensions")
        if any(len(column) != len(self) for column in (*columns, *wide, self.packed_classes)):
            raise ValueError("the columns of the results differ in length")

    @property
    def confidences(self) -> NDArray[np.float32]:
        """Probabilities of the suggestions, [N]."""
        columns = self.suggested
        if self.soft_label_classes is not None:
            columns = (self.soft_label_classes == columns[:, None]).argmax(axis=1)
        return self.soft_labels[np.arange(len(self)), columns]

    @property
    def packed_classes(self) -> NDArray[np.int32]:
        """The classes of the soft labels as stored, [N, C], or [N, 0] if they are all."""
        if self.soft_label_classes is None:
            return np.empty((len(self), 0), dtype="<i4")
        return self.soft_label_classes.astype("<i4")

    def __len__(self) -> int:
        return len(self.sample_ids)


class SuspectedError(NamedTuple):
    """A verified sample whose settled class a job contradicts; `probability` (0..1) is of that class."""

    sample_id: int
    settled_label: int
    suggested: int
    probability: float


def save_results(session: Session, job_id: str, attempt: int, rows: ResultRows, summary: JsonObject) -> None:
    """Write the results and mark the job as succeeded, both or neither. Replaces rows of earlier attempts.

    The caller commits. Raises `SupersededError` before anything is written.
    """
    lifecycle.finish(session, Job, job_id, attempt, summary=summary)
    session.execute(delete(Result).where(Result.job_id == job_id))
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, job_id, rows)
    else:
        _insert(session, job_id, rows)
    recount_results(session, job_id)


def save_suspected_errors(session: Session, job_id: str, suspected_errors: Sequence[SuspectedError]) -> None:
    """Queue the samples for re-review, except those whose class was confirmed in a re-review before. Replaces
    rows of earlier attempts. The caller commits.
    """
    session.execute(delete(SuspectedLabelError).where(SuspectedLabelError.job_id == job_id))
    dataset_id = select(Job.dataset_id).where(Job.id == job_id).scalar_subquery()
    resolved = (
        select(SuspectedLabelError.sample_id, SuspectedLabelError.settled_label)
        .join(Job, Job.id == SuspectedLabelError.job_id)
        .where(Job.dataset_id == dataset_id, SuspectedLabelError.resolved_at.is_not(None))
    )
    confirmed = {tuple(row) for row in session.execute(resolved)}
    session.add_all(
        SuspectedLabelError(job_id=job_id, **suspected._asdict())
        for suspected in suspected_errors
        if (suspected.sample_id, suspected.settled_label) not in confirmed
    )
    session.flush()


def pack_soft_label(probabilities: NDArray[np.float32]) -> bytes:
    """C probabilities as stored in the database."""
    return probabilities.astype("<f4").tobytes()


def unpack_soft_label(data: bytes) -> list[float]:
    """The probabilities of one stored row, of all classes or of those of `unpack_classes`."""
    probabilities: list[float] = np.frombuffer(data, "<f4").tolist()
    return probabilities


def unpack_classes(data: bytes) -> list[int] | None:
    """The classes of a stored soft label, in the order of its probabilities; None: all classes."""
    classes: list[int] = np.frombuffer(data, "<i4").tolist()
    return classes or None


def unpack_trajectory(data: bytes) -> list[tuple[float, float]]:
    """Probabilities of the given label and of the suggestion, epoch by epoch."""
    steps = np.frombuffer(data, np.uint8).reshape(-1, 2) / 255
    return [(given, suggested) for given, suggested in steps.tolist()]


def unpack_neighbours(data: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ids of the nearest verified samples of the given class, and of the suggested one."""
    of_given, of_suggested = np.frombuffer(data, "<i8").reshape(2, -1).tolist()
    return tuple(filter(None, of_given)), tuple(filter(None, of_suggested))


def _copy(session: Session, job_id: str, rows: ResultRows) -> None:
    connection = session.connection().connection.driver_connection
    from psycopg import Connection  # a driver that services on SQLite need not load

    assert isinstance(connection, Connection)  # noqa: S101 # for the type checker
    statement = f"COPY results ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(COPY_HEADER)
        for start in range(0, len(rows), BATCH_ROWS):
            copy.write(_packed(job_id, rows, slice(start, start + BATCH_ROWS)))
        copy.write(COPY_TRAILER)


def _packed(job_id: str, rows: ResultRows, part: slice) -> bytes:
    """Rows in the binary COPY format. All have the same size, so numpy can lay them out at once."""
    key = job_id.encode()
    values: dict[str, tuple[Any, Any]] = {
        "job_id": (f"S{len(key)}", key),
        "sample_id": (">i8", rows.sample_ids[part]),
        "given": (">i4", rows.given[part]),
        "suggested": (">i4", rows.suggested[part]),
        "label_score": (">f8", rows.label_scores[part]),
        "rank": (">i4", rows.ranks[part]),
        "is_label_issue": ("u1", rows.is_label_issue[part]),
        "confidence": (">f8", rows.confidences[part]),
        "soft_label": (_wide("<f4", rows.soft_labels), rows.soft_labels[part]),
        "trajectory": (_wide("u1", rows.trajectories), rows.trajectories[part]),
        "neighbours": (_wide("<i8", rows.neighbours), rows.neighbours[part]),
        "soft_label_classes": (_wide("<i4", rows.packed_classes), rows.packed_classes[part]),
    }
    fields: list[tuple[str, Any]] = [("num_fields", ">i2")]
    for name, (dtype, _) in values.items():
        fields += [(f"{name}_size", ">i4"), (name, dtype)]
    packed = np.zeros(len(rows.sample_ids[part]), dtype=fields)
    packed["num_fields"] = len(values)
    for name, (dtype, value) in values.items():
        packed[f"{name}_size"] = np.dtype(dtype).itemsize
        packed[name] = value
    return packed.tobytes()


def _wide(element: str, column: NDArray[Any]) -> np.dtype[Any]:
    """The dtype of one row of a column with more than one dimension."""
    return np.dtype((element, column.shape[1:]))


def _insert(session: Session, job_id: str, rows: ResultRows) -> None:
    for start in range(0, len(rows), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        columns = (
            rows.sample_ids[part].tolist(),
            rows.given[part].tolist(),
            rows.suggested[part].tolist(),
            rows.label_scores[part].tolist(),
            rows.ranks[part].tolist(),
            rows.is_label_issue[part].tolist(),
            rows.confidences[part].tolist(),
            [row.tobytes() for row in rows.soft_labels[part].astype("<f4")],
            [row.tobytes() for row in rows.trajectories[part]],
            [row.tobytes() for row in rows.neighbours[part].astype("<i8")],
            [row.tobytes() for row in rows.packed_classes[part]],
        )
        values = [dict(zip(COLUMNS, (job_id, *row), strict=True)) for row in zip(*columns, strict=True)]
        session.connection().execute(insert(Result), values)
