"""Splits tables into rows of cells: delimited text, JSON lines, Parquet. Importable without torch."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.tables.columns import find_columns
from mslg_core.datasets.tables.text import decode_text
from mslg_core.errors import MetadataError
from mslg_core.problem import Problem

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MAX_CELL = 1 << 20
# Excel's own line for the delimiter.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?')

Cells = Sequence[object]


class Records(NamedTuple):
    """The header, then (line, cells) of each row, or its problem. Lines count from 1, as an editor does."""

    header: Sequence[str]
    rows: Iterable[tuple[int, Cells] | Problem]
    notes: Sequence[str] = ()


def read_delimited(name: str, data: bytes) -> Records:
    """Text with commas, semicolons or tabs; the header decides which. Raises `MetadataError`."""
    text, note = decode_text(name, data)
    csv.field_size_limit(MAX_CELL)
    file = io.StringIO(text, newline="")
    first_line = _skip_separator_line(file)
    delimiter = _find_delimiter(text[file.tell() :])
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        header = next(filter(any, reader), [])
    except csv.Error as error:
        raise MetadataError(f"{show_name(name)}, line {reader.line_num}: {error}.") from error
    notes = [note] if note else []
    if delimiter != ",":
        notes.append(f"{show_name(name)} is read with {DELIMITERS[delimiter]} between its cells.")
    return Records(header, _delimited_rows(reader, len(header), first_line), notes)


def _skip_separator_line(file: io.StringIO) -> int:
    """The number of lines skipped."""
    if _SEPARATOR_LINE.fullmatch(file.readline()):
        return 1
    file.seek(0)
    return 0


def _find_delimiter(text: str) -> str:
    """The delimiter with which the first line has the most known columns, then the most cells."""
    first = next((line for line in io.StringIO(text[:MAX_CELL], newline="") if line.strip()), "")
    headers = {delimiter: _split_line(first, delimiter) for delimiter in DELIMITERS}
    return max(headers, key=lambda d: (len(find_columns(headers[d]).positions), len(headers[d])))


def _split_line(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimited_rows(reader: Any, width: int, skipped: int) -> Iterator[tuple[int, Cells] | Problem]:
    line = reader.line_num + 1 + skipped
    try:
        for cells in reader:
            if any(cells):
                yield _fit(line, cells, width)
            line = reader.line_num + 1 + skipped
    except csv.Error as error:
        yield Problem("bad_csv", f"The line is not valid CSV: {error}. Check its quotation marks.", line)


def _fit(line: int, cells: list[str], width: int) -> tuple[int, Cells] | Problem:
    """The row, without empty cells beyond the header."""
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) == width:
        return line, cells
    message = (
        f"The line has {len(cells)} cells, but the header has {width}: put cells that contain the delimiter "
        "in quotation marks."
    )
    return Problem("wrong_number_of_cells", message, line)


def read_json_lines(name: str, data: bytes) -> Records:
    """One JSON object per line. Numbers stay as written. Raises `MetadataError`."""
    text, note = decode_text(name, data)
    parsed = [
        _parse(line, raw) for line, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1) if raw.strip()
    ]
    rows = [row for row in parsed if not isinstance(row, Problem)]
    header = list(dict.fromkeys(key for _, row in rows for key in row))
    cells = (
        row if isinstance(row, Problem) else (row[0], [row[1].get(key) for key in header]) for row in parsed
    )
    return Records(header, cells, [note] if note else [])


def _parse(line: int, raw: str) -> tuple[int, dict[str, Any]] | Problem:
    try:
        row = json.loads(raw, parse_int=str)
    except (ValueError, RecursionError):
        return Problem("bad_json", "The line is not valid JSON.", line)
    if isinstance(row, dict):
        return line, row
    return Problem("bad_json", 'The line is not an object such as {"file_name": …, "label": …}.', line)


def read_parquet(name: str, data: bytes) -> Records:
    """A Parquet file without images; lines are its rows. Raises `MetadataError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(io.BytesIO(data)).read()
        table.validate(full=True)  # text is UTF-8
        names = table.schema.names
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise MetadataError(f"{show_name(name)} is not a readable Parquet file: {error}.") from error
    plain = [number for number, field in enumerate(table.schema) if _is_plain(field.type)]
    cells = zip(*(_values(table.column(number)) for number in plain), strict=True)
    return Records([names[number] for number in plain], enumerate(cells, start=1))


def _is_plain(kind: Any) -> bool:
    """Whether the cells of an Arrow type are text, numbers, times or lists of text."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _is_text(kind.value_type)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return bool(_is_text(kind) or number or pa.types.is_null(kind) or _becomes_text(kind))


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _becomes_text(kind: Any) -> bool:
    """Whether Python cannot hold all values of an Arrow type."""
    import pyarrow as pa

    return bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind) or pa.types.is_decimal(kind))


def _values(column: Any) -> Sequence[object]:
    import pyarrow as pa

    values: list[object] = (column.cast(pa.string()) if _becomes_text(column.type) else column).to_pylist()
    return values
