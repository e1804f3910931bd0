"""Tables of labels (CSV, JSONL, Parquet); every cell is kept as written. Importable without torch."""

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
    """One row of a table. An empty label is None."""

    line: int
    file_name: str
    label: str | None
    external_id: str | None


def read_label_table(name: str, data: bytes) -> list[LabelRow]:
    """The rows of a table; the suffix of `name` selects the format.

    Columns: `file_name`, `label` and optionally `id`; others are ignored. Raises `MetadataError`,
    `DuplicateIdError`, `DuplicateNameError`.
    """
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    read = readers[PurePosixPath(name).suffix.lower()]
    rows = [_label_row(name, line, cells) for line, cells in read(name, data)]
    _refuse_repeated_names(name, rows)
    refuse_repeated_ids(rows)
    return rows


def _label_row(name: str, line: int, cells: Mapping[str, Cell]) -> LabelRow:
    where = f"{show_name(name)}, line {line}"
    file_name, label = cells.get("file_name"), cells.get("label")
    if not file_name:
        raise MetadataError(f"{where}: file_name is empty.")
    if not all(is_storable(cell) for cell in cells.values()):
        raise MetadataError(f"{where}: the row contains characters that are not text.")
    if label is not None and len(label) > MAX_LABEL_LENGTH:
        raise MetadataError(f"{where}: the label has more than {MAX_LABEL_LENGTH} characters.")
    return LabelRow(line, file_name, label or None, cells.get("id") or None)


def is_storable(cell: Cell) -> bool:
    """Whether a cell can be stored: no null characters, no surrogates."""
    return cell is None or ("\0" not in cell and not any("\ud800" <= c <= "\udfff" for c in cell))


def refuse_repeated_ids(rows: Sequence[LabelRow]) -> None:
    """Raises `DuplicateIdError`, whose message lists the lines."""
    repeated = _repeated([(row.external_id, row.line) for row in rows if row.external_id is not None])
    if repeated:
        raise DuplicateIdError(f"Several rows have the same id: {repeated}. Ids must be unique.")


def _refuse_repeated_names(table: str, rows: Sequence[LabelRow]) -> None:
    repeated = _repeated([("/".join(split_name(row.file_name)), row.line) for row in rows])
    if repeated:
        raise DuplicateNameError(
            f"{show_name(table)}: several rows name the same file: {repeated}. Keep one."
        )


def _repeated(keys: Sequence[tuple[str, int]]) -> str:
    """The keys that occur on more than one line, as `'7' (lines 2, 5), …`."""
    lines: dict[str, list[int]] = {}
    for key, line in keys:
        lines.setdefault(key, []).append(line)
    repeated = [(key, where) for key, where in lines.items() if len(where) > 1]
    named = [f"'{show_name(key)}' (lines {', '.join(map(str, where[:5]))})" for key, where in repeated]
    return ", ".join(named[:MAX_NAMED]) + (
        f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
    )


def decode_text(name: str, data: bytes) -> str:
    """The text of a file, without byte-order mark. Raises `MetadataError` unless it is UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(f"{show_name(name)} is not UTF-8: save it as UTF-8.") from error


def _require_columns(name: str, columns: Sequence[str]) -> None:
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise MetadataError(f"{show_name(name)} lacks the column {' and '.join(missing)}.")
    if len(set(columns)) != len(columns):
        raise MetadataError(f"{show_name(name)} has two columns of the same name.")


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
            raise MetadataError(f"{show_name(name)}, line {line}: not a JSON object: {error}.") from error
        if not isinstance(row, dict) or any(column not in row for column in REQUIRED):
            raise MetadataError(
                f"{show_name(name)}, line {line}: expected an object with file_name and label."
            )
        yield line, {column: _cell(name, line, row.get(column)) for column in (*REQUIRED, "id")}


def _cell(name: str, line: int, value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return str(value)
    raise MetadataError(f"{show_name(name)}, line {line}: expected text, not {type(value).__name__}.")


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
