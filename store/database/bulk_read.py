"""Reads many rows as Arrow record batches: by COPY on Postgres, by tuples on SQLite."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, Integer, LargeBinary, Select, String, func
from sqlalchemy.orm import Session

if TYPE_CHECKING:  # a driver that services on SQLite need not load
    from psycopg import Copy, Cursor

BATCH_ROWS = 20_000
BLOCK_BYTES = 4 * 1024 * 1024
"""Of CSV, which become one batch. No row may be longer."""
ARROW_TYPES: dict[type, pa.DataType] = {  # the first that matches: BigInteger is an Integer
    Boolean: pa.bool_(),
    BigInteger: pa.int64(),
    Integer: pa.int32(),
    Float: pa.float64(),
    LargeBinary: pa.binary(),
    String: pa.string(),
}


def read_batches(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[pa.RecordBatch]:
    """The rows of `statement`, in columns with its names and of the types in `ARROW_TYPES`.

    Binary columns must have no NULL. Memory holds one batch at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        return _copy(session, statement)
    return _fetch(session, statement)


def _fetch(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[pa.RecordBatch]:
    schema = _schema(statement)
    result = session.execute(statement, execution_options={"yield_per": BATCH_ROWS})
    for rows in result.partitions(BATCH_ROWS):
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


def _copy(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[pa.RecordBatch]:
    """As CSV, which Arrow parses without an object per value, as it cannot do with the binary format."""
    schema = _schema(statement)
    with _cursor(session) as cursor, cursor.copy(_copy_command(session, statement)) as copy:
        file = _CopyFile(copy)
        if not file.is_empty:  # which Arrow takes for an error
            yield from (_decode(batch, schema) for batch in _open_csv(file, schema))


def _schema(statement: Select[*tuple[Any, ...]]) -> pa.Schema:
    return pa.schema([(column.name, _arrow_type(column)) for column in statement.selected_columns])


def _arrow_type(column: ColumnElement[Any]) -> pa.DataType:
    return next(arrow for kind, arrow in ARROW_TYPES.items() if isinstance(column.type, kind))


def _copy_command(session: Session, statement: Select[*tuple[Any, ...]]) -> str:
    columns = [
        func.encode(column, "hex").label(column.name) if isinstance(column.type, LargeBinary) else column
        for column in statement.selected_columns
    ]
    compiled = statement.with_only_columns(*columns, maintain_column_froms=True).compile(
        session.get_bind().engine,
        compile_kwargs={"literal_binds": True},  # COPY takes no parameters
    )
    return f"COPY ({compiled}) TO STDOUT (FORMAT csv, ENCODING 'utf8')"


def _cursor(session: Session) -> "Cursor[Any]":
    connection = session.connection().connection.driver_connection
    from psycopg import Connection

    assert isinstance(connection, Connection)  # noqa: S101 # for the type checker
    return connection.cursor()


def _open_csv(file: "_CopyFile", schema: pa.Schema) -> pyarrow.csv.CSVStreamingReader:
    """In COPY's CSV, NULL is nothing at all, and an empty text is quoted."""
    types = {field.name: pa.string() if pa.types.is_binary(field.type) else field.type for field in schema}
    return pyarrow.csv.open_csv(
        pa.PythonFile(file, mode="r"),
        pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=schema.names),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _decode(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with binary columns instead of hexadecimal text."""
    arrays = [
        _from_hex(column) if pa.types.is_binary(field.type) else column
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)


def _from_hex(column: pa.StringArray) -> pa.BinaryArray:
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32, len(column) + 1, 4 * column.offset)
    digits = b"" if data is None else data.to_pybytes()[ends[0] : ends[-1]]
    starts = pa.py_buffer((ends - ends[0]) // 2)
    return pa.BinaryArray.from_buffers(
        pa.binary(), len(column), [None, starts, pa.py_buffer(bytes.fromhex(digits.decode("ascii")))]
    )


class _CopyFile:
    """What COPY sends, as a file that returns as many bytes as it is asked for."""

    closed = False

    def __init__(self, copy: "Copy") -> None:
        self._copy = copy
        self._rest = bytes(copy.read())
        self.is_empty = not self._rest

    def read(self, size: int) -> bytes:
        """`size` bytes, fewer at the end."""
        parts, length = [self._rest], len(self._rest)
        while length < size and (part := self._copy.read()):
            parts.append(bytes(part))
            length += len(part)
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]

    def readable(self) -> bool:
        """As Arrow asks."""
        return True

    def close(self) -> None:
        """Nothing: the cursor ends with its block."""
