"""The table of a named version: what exports receive for each image, one row each, as Parquet. The images lie
elsewhere; a row has the key of its blob. The same images give the same bytes. Importable without torch.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mslg_core.exports.image import Closing, ExportImage
from mslg_core.exports.metadata_columns import MetadataColumn
from mslg_core.exports.table import EXPORT_COLUMNS, SCHEMA, SCHEMA_OF_MANY, ExportRow, SoftLabel
from mslg_core.reports import DENSE_CLASSES
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.metadata import ColumnType
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict

BATCH_ROWS = 5_000

IMAGE_FIELDS = (
    pa.field("number", pa.int64()),
    pa.field("suffix", pa.string()),
    pa.field("width", pa.int32()),
    pa.field("height", pa.int32()),
    pa.field("sample_id", pa.int64()),
    pa.field("sha256", pa.string()),
    pa.field("image_key", pa.string()),
)
"""The fields of `ExportImage` besides `row`, whose own fields follow, and `read`."""
METADATA_FIELD = pa.field("metadata", pa.string())
"""The filled cells of the user's metadata by column, as JSON."""


class Names(NamedTuple):
    """classes: of the dataset, in order. by_index: all that it ever had, by the index that labels are stored
    as. The index stays when a class is renamed. columns: of the user's metadata.
    """

    classes: Sequence[str]
    by_index: Sequence[str]
    columns: Sequence[MetadataColumn] = ()


class VersionWriter(Closing):
    """Writes a table to a binary file, which stays open."""

    def __init__(self, file: BinaryIO, names: Names) -> None:
        metadata = {name: json.dumps(list(value)) for name, value in names._asdict().items()}
        self._schema = _schema(len(names.classes)).with_metadata(metadata)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, images: Sequence[ExportImage]) -> int:
        """Append images; return how many."""
        if images:
            rows = [_to_row(image) for image in images]
            self._writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=self._schema))
        return len(images)

    def close(self) -> None:
        """Complete the table."""
        self._writer.close()


def read_names(path: Path) -> Names:
    """The names of classes in a stored table."""
    metadata = pq.read_schema(path).metadata
    classes, by_index, columns = (json.loads(metadata[name.encode()]) for name in Names._fields)
    return Names(classes, by_index, [MetadataColumn(name, ColumnType(kind), w) for name, kind, w in columns])


def read_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[list[dict[str, Any]]]:
    """The rows in batches, with some columns or all."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=columns and list(columns)):
            yield batch.to_pylist()


def read_images(path: Path, read: Callable[[str, str], bytes]) -> Iterator[list[ExportImage]]:
    """The images in batches. read: returns an image by its key and SHA-256."""
    for rows in read_rows(path):
        yield [_to_image(row, read) for row in rows]


def _schema(num_classes: int) -> pa.Schema:
    of_rows = SCHEMA if num_classes <= DENSE_CLASSES else SCHEMA_OF_MANY
    # The databases return doubles; as float32 they would be rounded otherwise in text formats.
    score = of_rows.get_field_index("label_score")
    of_rows = of_rows.set(score, pa.field("label_score", pa.float64()))
    return pa.schema([*IMAGE_FIELDS, *of_rows, METADATA_FIELD])


def _to_row(image: ExportImage) -> dict[str, Any]:
    metadata = json.dumps(dict(image.row.metadata), ensure_ascii=False)
    return image._asdict() | image.row._asdict() | {METADATA_FIELD.name: metadata}


def _to_image(row: dict[str, Any], read: Callable[[str, str], bytes]) -> ExportImage:
    cells = {name: row[name] for name in EXPORT_COLUMNS}
    converted = {
        "corrected_by": CorrectedBy(row["corrected_by"]),
        "soft_label": _to_soft_label(row["soft_label"]),
        "tags": tuple(row["tags"]),
        "verdict": row["verdict"] and Verdict(row["verdict"]),
        "selection": row["selection"] and Selection(row["selection"]),
        "reviewers": tuple(row["reviewers"]),
        "comments": tuple(row["comments"]),
        "metadata": json.loads(row[METADATA_FIELD.name]),
    }
    return ExportImage(
        row=ExportRow(**cells | converted),
        read=partial(read, row["image_key"], row["sha256"]),
        **{field.name: row[field.name] for field in IMAGE_FIELDS},
    )


def _to_soft_label(stored: list[Any] | None) -> SoftLabel | None:
    """Maps are read as pairs."""
    return dict(stored) if stored and isinstance(stored[0], tuple) else stored
