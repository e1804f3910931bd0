"""The ranking as an Arrow stream: a million results without an object per value, in constant memory."""

import io
from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from anyio import CancelScope
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine, Select, String, type_coerce
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from api.errors import InvalidError
from api.results.schemas import ResultFilter
from api.results.service import Ranking, filtered
from mslg_rules.class_map import ClassMap
from mslg_rules.corrected_label import CorrectedBy
from store.database.bulk_read import read_batches
from store.database.class_columns import as_class
from store.database.engine import session_scope
from store.models import Result, Sample, Verdict
from store.results.class_reading import is_issue, read_soft_label
from store.results.corrected_label import corrected_by, corrected_class

CLASS_COLUMNS = ("given_label", "suggested_label", "settled_label", "corrected_label")
CHOICES = {"verdict": list(Verdict), "corrected_by": list(CorrectedBy)}

Rows = Select[*tuple[Any, ...]]


class Columns(NamedTuple):
    """What a stream contains: the results of a ranking that match `wanted`, with or without soft labels."""

    ranking: Ranking
    wanted: ResultFilter
    soft_labels: bool


def select(session: Session, columns: Columns) -> Rows:
    """The results as the database has them, with classes as indices. Raises `InvalidError`."""
    if columns.wanted.sort is not None:
        message = "An Arrow stream is in the order of the ranks: leave sort out, and sort the table."
        raise InvalidError.of_field("sort", "sort_not_supported", message)
    classes, accepted_from = columns.ranking.dataset.class_map, columns.ranking.acceptance.min_confidence
    soft = (Result.soft_label, Result.soft_label_classes) if columns.soft_labels else ()
    # It is compiled for a bulk read, so removed samples are left out here.
    present = filtered(session, columns.ranking, columns.wanted).where(Sample.removed_at.is_(None))
    return present.with_only_columns(
        Result.sample_id,
        Sample.file_name,
        Sample.external_id,
        as_class(Result.given, classes).label("given_label"),
        as_class(Result.suggested, classes).label("suggested_label"),
        Result.label_score,
        Result.rank,
        is_issue(classes).label("is_label_issue"),
        Result.confidence,
        type_coerce(Sample.verdict, String).label("verdict"),  # as stored
        as_class(Sample.settled_label, classes).label("settled_label"),
        as_class(corrected_class(accepted_from, classes), classes).label("corrected_label"),
        corrected_by(accepted_from, classes).label("corrected_by"),
        *soft,
    ).order_by(Result.rank)


def stream(engine: Engine, columns: Columns, rows: Rows) -> Generator[bytes, None, None]:
    """The stream's bytes, one piece per batch of `rows`, as of one moment: in one transaction."""
    sink, schema = _Sink(), _schema(columns)
    with pa.ipc.new_stream(sink, schema) as writer, session_scope(engine, read_only=True) as session:
        yield sink.take()
        for batch in read_batches(session, rows):
            writer.write_batch(_describe(batch, columns, schema))
            yield sink.take()
    yield sink.take()


class ArrowResponse(StreamingResponse):
    """Sends a stream, and ends its transaction also when the client hangs up."""

    def __init__(self, parts: Generator[bytes, None, None], media_type: str) -> None:
        super().__init__(parts, media_type=media_type)
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._parts.close)


def _schema(columns: Columns) -> pa.Schema:
    text, label = pa.string(), pa.dictionary(pa.int32(), pa.string())
    soft = [("soft_label", pa.list_(pa.float32())), ("soft_label_classes", pa.list_(pa.int32()))]
    return pa.schema(
        [
            ("sample_id", text),
            ("file_name", text),
            ("external_id", text),
            ("given_label", label),
            ("suggested_label", label),
            ("label_score", pa.float64()),
            ("rank", pa.int32()),
            ("is_label_issue", pa.bool_()),
            ("confidence", pa.float64()),
            ("verdict", label),
            ("settled_label", label),
            ("corrected_label", label),
            ("corrected_by", label),
            *(soft if columns.soft_labels else []),
        ]
    )


def _describe(batch: pa.RecordBatch, columns: Columns, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with names for indices."""
    classes = pa.array(columns.ranking.dataset.classes, pa.string())
    if columns.soft_labels and not columns.ranking.dataset.class_map.is_plain:
        batch = _in_order(batch, columns.ranking.dataset.class_map)
    return pa.record_batch([_convert(batch[name], name, classes) for name in schema.names], schema=schema)


def _in_order(batch: pa.RecordBatch, classes: ClassMap) -> pa.RecordBatch:
    """The batch with soft labels by the order of the active classes, see `read_soft_label`."""
    stored = (batch[name].to_pylist() for name in ("soft_label", "soft_label_classes"))
    read = [read_soft_label(_Stored(*row), classes) for row in zip(*stored, strict=True)]
    packed = {
        "soft_label": [np.array(one.probabilities, "<f4").tobytes() for one in read],
        "soft_label_classes": [np.array(one.indices or [], "<i4").tobytes() for one in read],
    }
    for name, values in packed.items():
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, name, pa.array(values, pa.binary()))
    return batch


class _Stored(NamedTuple):
    """The soft label of a result."""

    soft_label: bytes
    soft_label_classes: bytes


def _convert(column: pa.Array, name: str, classes: pa.Array) -> pa.Array:
    if name == "sample_id":
        return column.cast(pa.string())
    if name in CLASS_COLUMNS:
        return pa.DictionaryArray.from_arrays(column, classes)
    if name in CHOICES:
        choices = pa.array(CHOICES[name], pa.string())
        return pa.DictionaryArray.from_arrays(pc.index_in(column, choices), choices)
    if name == "soft_label":
        return _to_lists(column, np.dtype("<f4"))
    if name == "soft_label_classes":
        return _to_lists(column, np.dtype("<i4"))
    return column


def _to_lists(column: pa.BinaryArray, dtype: np.dtype[Any]) -> pa.ListArray:
    """The numbers that each value is the bytes of."""
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32, len(column) + 1, 4 * column.offset)
    numbers = np.frombuffer(data or b"", dtype, (ends[-1] - ends[0]) // 4, ends[0])
    return pa.ListArray.from_arrays(pa.array((ends - ends[0]) // 4), pa.array(numbers))


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        """What was written since."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken
