"""Parquet files of images as archives. Importable without torch.

Columns: `image`, encoded bytes or Hugging Face's struct of `bytes` and `path`; optionally `file_name`,
`label` and `id`. Without `file_name` the name of an image is its path, or else its row number. Numbers in
`label` are translated to the class names in the metadata of Hugging Face's `datasets`; a negative number is a
missing label.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mslg_core import errors
from mslg_core.datasets.archives.archive import (
    Archive,
    ArchiveEntry,
    ArchiveLimits,
    FileEntry,
    LabelledEntry,
    Meter,
)

COLUMNS = ("image", "file_name", "label", "id")
# Rows in memory at a time.
ROWS_PER_BATCH = 256


class ParquetImages(Archive):
    """The rows of a Parquet file. Raises `MetadataError` if it is unreadable or has no images."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ArchiveLimits())
        try:
            with path.open("rb") as file:
                schema = pq.read_schema(file)
        except pa.ArrowException as error:
            raise errors.MetadataError(f"{path.name} is not a readable Parquet file: {error}.") from error
        self._columns = [column for column in COLUMNS if column in schema.names]
        if "image" not in self._columns or not _holds_images(schema.field("image").type):
            raise errors.MetadataError(f"{path.name} has no column image that holds encoded images.")
        self._class_names = _class_names(schema.metadata or {})

    def close(self) -> None:
        """Every pass opens and closes the file itself."""

    def _entries(self, _meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        number = 0
        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(ROWS_PER_BATCH, columns=self._columns):
                    for row in batch.to_pylist():
                        entry = self._entry(number, row)
                        yield entry.name, None, entry
                        number += 1
        except (pa.ArrowException, OSError) as error:
            raise errors.MetadataError(f"{self._path.name}, row {number}: {error}.") from error

    def _entry(self, number: int, row: Mapping[str, Any]) -> ArchiveEntry:
        image = row["image"] if isinstance(row["image"], dict) else {"bytes": row["image"]}
        name = str(row.get("file_name") or image.get("path") or f"{number:07d}")
        open_image = partial(io.BytesIO, image.get("bytes") or b"")
        if "label" not in self._columns:
            return FileEntry(name, open_image)
        identifier = row.get("id")
        return LabelledEntry(
            name,
            open_image,
            self._label(number, row["label"]),
            None if identifier is None else str(identifier),
        )

    def _label(self, number: int, value: object) -> str | None:
        if isinstance(value, str) or value is None:
            return value or None
        if not isinstance(value, int):
            raise errors.MetadataError(
                f"{self._path.name}, row {number}: a label must be text or an integer."
            )
        if value < 0:
            return None
        if not self._class_names:
            return str(value)
        if value >= len(self._class_names):
            raise errors.MetadataError(
                f"{self._path.name}, row {number}: class number {value} does not exist; the file names "
                f"{len(self._class_names)} classes."
            )
        return self._class_names[value]


def _holds_images(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(field.name == "bytes" and _holds_images(field.type) for field in kind)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _class_names(metadata: Mapping[bytes, bytes]) -> Sequence[str]:
    """The class names that Hugging Face's `datasets` stores for the column `label`, if any."""
    try:
        names = json.loads(metadata[b"huggingface"])["info"]["features"]["label"]["names"]
    except (KeyError, TypeError, ValueError):
        return ()
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()
