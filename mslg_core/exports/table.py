"""Writes the export table as CSV, JSONL or Parquet, in batches. Importable without torch.

The same rows give the same bytes. CSV cells contain text exactly as the user wrote it: a cell that begins
with `=` is *not* escaped for spreadsheets, because ids and names must be returned byte for byte.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType, TracebackType
from typing import BinaryIO, NamedTuple, Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mslg_core.exports.metadata_columns import MetadataColumn, MetadataValue, csv_cell
from mslg_core.reports import DENSE_CLASSES
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.exported_fields import to_exported
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict

# In text formats; float32 has seven significant digits.
DECIMALS = 6


class TableFormat(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


SoftLabel = Sequence[float] | Mapping[str, float]
"""Probabilities in the order of the classes; with many classes, those above zero by class name."""


class ExportRow(NamedTuple):
    """One sample. Scores are None if no run has ranked it: its image is unreadable or unusable, or it has no
    given label. Decisions are those of people: nobody decided if the verdict is None.
    """

    id: str | None
    file_name: str
    given_label: str | None
    predicted_label: str | None
    label_score: float | None  # 0..1, low = probably wrong
    is_label_issue: bool
    rank: int | None  # 1 = most suspicious
    soft_label: SoftLabel | None
    corrected_label: str | None
    corrected_by: CorrectedBy
    issues: Sequence[str] = ()  # kinds of issues besides label errors
    duplicate_group: int | None = None  # number of its group of duplicates
    source_split: str | None = None  # the published split, such as "train"
    tags: Sequence[str] = ()
    verdict: Verdict | None = None
    selection: Selection | None = None  # how it was selected for its first settlement
    reviewers: Sequence[str] = ()  # who decided so, in the order of their decisions
    decided_at: datetime | None = None  # when the last of them did
    comments: Sequence[str] = ()
    metadata: Mapping[str, MetadataValue] = MappingProxyType({})  # by column of the user's


EXPORT_COLUMNS = ExportRow._fields[:-1]
"""Our own columns; those of the user's metadata follow them."""


class TableWriter(Protocol):
    """Writes rows to a binary file. Closing the writer completes the table and leaves the file open."""

    def write(self, rows: Sequence[ExportRow]) -> None:
        """Append rows."""

    def close(self) -> None:
        """Complete the table."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_writer(
    file_format: TableFormat | str,
    file: BinaryIO,
    classes: Sequence[str],
    columns: Sequence[MetadataColumn] = (),
) -> TableWriter:
    """A writer for `file_format`. columns: of metadata. Raises ValueError for an unknown format."""
    match TableFormat(file_format):
        case TableFormat.CSV:
            return _CsvWriter(file, columns)
        case TableFormat.JSONL:
            return _JsonlWriter(file, columns)
        case TableFormat.PARQUET:
            return _ParquetWriter(file, classes, columns)


class _Writer:
    """A context manager that closes the writer."""

    def close(self) -> None:
        """Nothing to do: text is complete after every batch."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _CsvWriter(_Writer):
    def __init__(self, file: BinaryIO, columns: Sequence[MetadataColumn]) -> None:
        self._file = file
        self._names = [column.name for column in columns]
        self._write_lines([[*EXPORT_COLUMNS, *map(to_exported, self._names)]])

    def write(self, rows: Sequence[ExportRow]) -> None:
        self._write_lines([[*_csv_cells(row), *self._metadata(row)] for row in rows])

    def _metadata(self, row: ExportRow) -> list[str]:
        return [csv_cell(row.metadata.get(name)) for name in self._names]

    def _write_lines(self, lines: Sequence[Sequence[object]]) -> None:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows(lines)
        self._file.write(buffer.getvalue().encode())


class _JsonlWriter(_Writer):
    def __init__(self, file: BinaryIO, columns: Sequence[MetadataColumn]) -> None:
        self._file = file
        self._names = [column.name for column in columns]

    def write(self, rows: Sequence[ExportRow]) -> None:
        lines = [json.dumps(self._fields(row), ensure_ascii=False) + "\n" for row in rows]
        self._file.write("".join(lines).encode())

    def _fields(self, row: ExportRow) -> dict[str, object]:
        metadata = {to_exported(name): row.metadata.get(name) for name in self._names}
        decided_at = None if row.decided_at is None else row.decided_at.isoformat()
        return _own_fields(_rounded(row)) | {"decided_at": decided_at} | metadata


class _ParquetWriter(_Writer):
    def __init__(self, file: BinaryIO, classes: Sequence[str], columns: Sequence[MetadataColumn]) -> None:
        metadata = {"classes": json.dumps(list(classes), ensure_ascii=False)}
        schema = SCHEMA if len(classes) <= DENSE_CLASSES else SCHEMA_OF_MANY
        self._names = [column.name for column in columns]
        fields = [*schema, *(column.field for column in columns)]
        self._schema = pa.schema(fields, metadata=metadata)
        self._writer = pq.ParquetWriter(file, self._schema)

    def write(self, rows: Sequence[ExportRow]) -> None:
        if not rows:
            return
        columns = dict(zip(ExportRow._fields, zip(*rows, strict=True), strict=True))
        values = [columns[name] for name in EXPORT_COLUMNS]
        values += [tuple(row.metadata.get(name) for row in rows) for name in self._names]
        pairs = zip(values, self._schema, strict=True)
        arrays = [pa.array(column, type=field.type) for column, field in pairs]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("file_name", pa.string()),
        ("given_label", pa.string()),
        ("predicted_label", pa.string()),
        ("label_score", pa.float32()),
        ("is_label_issue", pa.bool_()),
        ("rank", pa.int64()),
        ("soft_label", pa.list_(pa.float32())),
        ("corrected_label", pa.string()),
        ("corrected_by", pa.string()),
        ("issues", pa.list_(pa.string())),
        ("duplicate_group", pa.int64()),
        ("source_split", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("verdict", pa.string()),
        ("selection", pa.string()),
        ("reviewers", pa.list_(pa.string())),
        ("decided_at", pa.timestamp("us", "UTC")),
        ("comments", pa.list_(pa.string())),
    ]
)

# With many classes, soft labels are maps.
SCHEMA_OF_MANY = SCHEMA.set(
    SCHEMA.get_field_index("soft_label"), pa.field("soft_label", pa.map_(pa.string(), pa.float32()))
)


def _rounded(row: ExportRow) -> ExportRow:
    """Plain Python numbers, rounded for text formats."""
    soft = row.soft_label
    return row._replace(
        label_score=None if row.label_score is None else round(float(row.label_score), DECIMALS),
        is_label_issue=bool(row.is_label_issue),
        rank=None if row.rank is None else int(row.rank),
        soft_label=None if soft is None else _rounded_label(soft),
        issues=list(row.issues),
        tags=list(row.tags),
        reviewers=list(row.reviewers),
        comments=list(row.comments),
    )


def _own_fields(row: ExportRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in EXPORT_COLUMNS}


def _csv_cells(row: ExportRow) -> list[object]:
    row = _rounded(row)
    cells = _own_fields(row) | {
        "is_label_issue": "true" if row.is_label_issue else "false",
        "soft_label": None if row.soft_label is None else json.dumps(row.soft_label),
        "issues": " ".join(row.issues),
        "tags": list_cell(row.tags),
        "reviewers": list_cell(row.reviewers),
        "decided_at": None if row.decided_at is None else row.decided_at.isoformat(),
        "comments": list_cell(row.comments),
    }
    return list(cells.values())


def list_cell(texts: Sequence[str]) -> str | None:
    """A list as the text of one cell: a JSON array, None if it is empty."""
    return json.dumps(list(texts), ensure_ascii=False) if texts else None


def _rounded_label(soft: SoftLabel) -> SoftLabel:
    if isinstance(soft, Mapping):
        return {name: round(float(share), DECIMALS) for name, share in soft.items()}
    rounded: list[float] = np.round(np.asarray(soft, dtype=np.float64), DECIMALS).tolist()
    return rounded
