"""Read tables of labels (CSV, JSONL, Parquet) with every cell kept as the user wrote it. Importable without
torch.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.errors import DuplicateIdError, DuplicateNameError, MetadataError

SUFFIXES = frozenset({".csv", ".jsonl", ".parquet"})
REQUIRED = ("file_name", "label")
MAX_NAMED = 20
MAX_LABEL_LENGTH = 200

Cell = str | None


class LabelRow(NamedTuple):
    """One line of a table; an empty label is None."""

    line: int
    file_name: str
    label: str | None
    external_id: str | None


def read_label_table(name: str, data: bytes) -> list[LabelRow]:
    """The rows of a table whose kind is told from the suffix of `name`.

    Columns `file_name`, `label` and, optionally, `id`; others are passed over. Raises `MetadataError`,
    `DuplicateIdError`, `DuplicateNameError`.
    """
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    rows: list[LabelRow] = []
    for line, cells in readers[PurePosixPath(name).suffix.lower()](name, data):
        file_name = cells.get("file_name")
        if not file_name:
            raise MetadataError(f"{show_name(name)}, line {line}: file_name is empty.")
        label = cells.get("label")
        if not all(is_storable(cell) for cell in cells.values()):
            raise MetadataError(f"{show_name(name)}, line {line}: the row holds characters that are no text.")
        if label is not None and len(label) > MAX_LABEL_LENGTH:
            raise MetadataError(
                f"{show_name(name)}, line {line}: the label is longer than {MAX_LABEL_LENGTH}."
            )
        rows.append(LabelRow(line, file_name, label or None, cells.get("id") or None))
    _refuse_repeated_names(name, rows)
    refuse_repeated_ids(rows)
    return rows


def is_storable(cell: Cell) -> bool:
    """Whether a cell is text that UTF-8 and databases can hold."""
    return cell is None or ("\0" not in cell and not any("\ud800" <= c <= "\udfff" for c in cell))


def refuse_repeated_ids(rows: Sequence[LabelRow]) -> None:
    """Raises `DuplicateIdError` naming the lines."""
    repeated = _repeated([(row.external_id, row.line) for row in rows if row.external_id is not None])
    if repeated:
        raise DuplicateIdError(f"The same id stands in several rows: {repeated}. Ids must be unique.")


def _refuse_repeated_names(table: str, rows: Sequence[LabelRow]) -> None:
    repeated = _repeated([("/".join(split_name(row.file_name)), row.line) for row in rows])
    if repeated:
        raise DuplicateNameError(f"{show_name(table)}: the same file has several rows: {repeated}. Keep one.")


def _repeated(keys: Sequence[tuple[str, int]]) -> str:
    """The keys that stand on more than one line, as `'7' (lines 2, 5), …`."""
    lines: dict[str, list[int]] = {}
    for key, line in keys:
        lines.setdefault(key, []).append(line)
    repeated = [(key, where) for key, where in lines.items() if len(where) > 1]
    named = [f"'{show_name(key)}' (lines {', '.join(map(str, where[:5]))})" for key, where in repeated]
    return ", ".join(named[:MAX_NAMED]) + (
        f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
    )


def decode_text(name: str, data: bytes) -> str:
    """The text of a table. Raises `MetadataError` unless it is UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(f"{show_name(name)} is not UTF-8: save it as UTF-8.") from error


def _require_columns(name: str, columns: Sequence[str]) -> None:
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise MetadataError(f"{show_name(name)} lacks the column {' and '.join(missing)}.")
    if len(set(columns)) != len(columns):
        raise MetadataError(f"{show_name(name)} names a column twice.")


def _read_csv(name: str, data: bytes) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    reader = csv.reader(io.StringIO(decode_text(name, data), newline=""), strict=True)
    try:
        header = next(reader, [])
        _require_columns(name, header)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                where = f"{show_name(name)}, line {reader.line_num}"
                raise MetadataError(f"{where}: {len(cells)} cells where the header has {len(header)}.")
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise MetadataError(f"{show_name(name)}, line {reader.line_num}: {error}.") from error


def _read_jsonl(name: str, data: bytes) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    for line, text in enumerate(decode_text(name, data).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text, parse_int=str, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise MetadataError(
                f"{show_name(name)}, line {line}: this is no JSON object: {error}."
            ) from error
        if not isinstance(row, dict) or any(column not in row for column in REQUIRED):
            raise MetadataError(
                f"{show_name(name)}, line {line}: an object with file_name and label is expected."
            )
        yield line, {column: _cell(name, line, row.get(column)) for column in (*REQUIRED, "id")}


def _cell(name: str, line: int, value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return str(value)
    raise MetadataError(f"{show_name(name)}, line {line}: text is expected, not {type(value).__name__}.")


def _read_parquet(name: str, data: bytes) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        _require_columns(name, file.schema_arrow.names)
        columns = [column for column in (*REQUIRED, "id") if column in file.schema_arrow.names]
        table = file.read(columns)
    except (pa.ArrowException, OSError) as error:
        raise MetadataError(f"{show_name(name)} is not a readable Parquet file: {error}.") from error
    for line, row in enumerate(table.to_pylist(), start=1):
        yield line, {column: _cell(name, line, value) for column, value in row.items()}
