"""Files of rows: Parquet and Arrow, as Hugging Face's `datasets` writes them. Importable without torch."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from mslg_core import errors
from mslg_core.datasets.archives.columns import Columns, find_columns
from mslg_core.datasets.archives.paths import show_name, split_name

SUFFIXES = (".parquet", ".arrow")
SPLITS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation", "dev"})
# Rows in memory at a time, at most, and about how many bytes.
ROWS_PER_BATCH, BYTES_PER_BATCH = 256, 64 << 20
_ROW_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, NotImplementedError)
_NUMBERED = re.compile(r"(.+?)[-_.](?:\d|of)")


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of rows. `name` is its path in the dataset, `path` where it lies."""

    name: str
    path: Path
    columns: Columns

    @property
    def split(self) -> str | None:
        """The published split that the folder or the file is named after, as in `train-00000-of-00002`."""
        *folders, leaf = split_name(self.name)
        stem = PurePosixPath(leaf).stem
        numbered = _NUMBERED.match(stem)
        candidates = [numbered[1] if numbered else stem, *reversed(folders)]
        return next((name for name in candidates if name.lower() in SPLITS), None)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows, some columns of them. Raises `MetadataError`."""
        with _errors(self.name, self.path), self.path.open("rb") as file:
            if _is_parquet(self.path):
                with pq.ParquetFile(file) as table:
                    for batch in table.iter_batches(_batch_rows(table.metadata), columns=list(columns)):
                        yield _valid(batch)
                return
            for batch in _open_arrow(file)[1]:
                chosen = _valid(batch.select(list(columns)))
                for start in range(0, chosen.num_rows, ROWS_PER_BATCH):
                    yield chosen.slice(start, ROWS_PER_BATCH)

    def cells(self, column: pa.Array) -> list[Any]:
        """The values of a column. Raises `MetadataError` for what Python cannot hold, such as far dates."""
        with _errors(self.name, self.path):
            values: list[Any] = column.to_pylist()
            return values


def open_shard(name: str, path: Path) -> Shard:
    """Open a file of images. Raises `MetadataError` if it is damaged, `NoImageColumnError`."""
    with _errors(name, path), path.open("rb") as file:
        schema = pq.read_schema(file) if _is_parquet(path) else _open_arrow(file)[0]
        return Shard(name, path, find_columns(name, schema))


def is_shard_name(name: str) -> bool:
    """Whether the name is that of a Parquet or Arrow file."""
    return name.lower().endswith(SUFFIXES)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _open_arrow(file: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """(columns, rows) of Arrow's stream, which `save_to_disk` writes, or of its file format."""
    if file.read(6) == b"ARROW1":
        reader = pa.ipc.open_file(pa.PythonFile(file))
        return reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))
    file.seek(0)
    stream = pa.ipc.open_stream(pa.PythonFile(file))
    return stream.schema, iter(stream)


def _valid(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, if its text is UTF-8 and its offsets fit. Raises an `ArrowException`."""
    batch.validate(full=True)
    return batch


def _batch_rows(metadata: pq.FileMetaData) -> int:
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    size = max((group.total_byte_size // max(1, group.num_rows) for group in groups), default=0)
    return max(1, min(ROWS_PER_BATCH, BYTES_PER_BATCH // max(1, size)))


@contextmanager
def _errors(name: str, path: Path) -> Iterator[None]:
    try:
        yield
    except _ROW_ERRORS as error:
        is_parquet = name.lower().endswith(".parquet") or _is_parquet(path)
        kind = "Parquet" if is_parquet else "Arrow"
        reason = " ".join(str(error).split())[:200] or "it claims more data than fits into memory"
        raise errors.MetadataError(f"{show_name(name)} is not a readable {kind} file: {reason}.") from error
