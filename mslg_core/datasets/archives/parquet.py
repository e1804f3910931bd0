"""A Parquet file of images read like an archive. Importable without torch.

Columns: `image`, encoded bytes or Hugging Face's struct of `bytes` and `path`; optionally `file_name`,
`label` and `id`. Without `file_name` an image is called by its path, else by the number of its row. Numbers
in `label` are named as the metadata of `datasets` names them; a negative one is a missing label.
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
# So many rows are in memory at a time.
ROWS_PER_BATCH = 256


class ImageTable(Archive):
    """The rows of a Parquet file. Raises `MetadataError` for one that cannot be read or has no images."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ArchiveLimits())
        try:
            with path.open("rb") as file:
                schema = pq.read_schema(file)
        except pa.ArrowException as error:
            raise errors.MetadataError(f"{path.name} is not a readable Parquet file: {error}.") from error
        self._columns = [column for column in COLUMNS if column in schema.names]
        if "image" not in self._columns or not _holds_images(schema.field("image").type):
            raise errors.MetadataError(f"{path.name} has no column image with the bytes of encoded images.")
        self._class_names = _class_names(schema.metadata or {})

    def close(self) -> None:
        """Every pass opens the file anew and closes it."""

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
            raise errors.MetadataError(f"{self._path.name}, row {number}: a label is text or a whole number.")
        if value < 0:
            return None
        if not self._class_names:
            return str(value)
        if value >= len(self._class_names):
            raise errors.MetadataError(
                f"{self._path.name}, row {number}: there is no class number {value}; the file names "
                f"{len(self._class_names)}."
            )
        return self._class_names[value]


def _holds_images(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(field.name == "bytes" and _holds_images(field.type) for field in kind)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _class_names(metadata: Mapping[bytes, bytes]) -> Sequence[str]:
    """The names that `datasets` writes down for the column `label`, if it did."""
    try:
        names = json.loads(metadata[b"huggingface"])["info"]["features"]["label"]["names"]
    except (KeyError, TypeError, ValueError):
        return ()
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()
