"""Class folders as a zip, for torchvision's `ImageFolder` and for YOLO classification.

`train/cat/1.png`: the split, if the dataset has one, then the class. `metadata.csv` at the top names the
original file and id of each image. Images without a corrected label have no folder and are left out.
Importable without torch.
"""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from mslg_core.exports.archive import Spool, ZipWriter
from mslg_core.exports.image import Closing, ExportImage, describe
from mslg_core.exports.metadata_columns import MetadataColumn, csv_cell
from mslg_core.exports.names import UniqueNames, folder_of
from mslg_core.exports.table import list_cell
from mslg_rules.exported_fields import to_exported

COLUMNS = (
    "file_name",
    "label",
    "id",
    "original_name",
    "split",
    "given_label",
    "corrected_by",
    "verdict",
    "selection",
    "reviewers",
    "decided_at",
    "comments",
    "tags",
)
LISTS = ("reviewers", "comments", "tags")


class ClassFoldersWriter(Closing):
    """Writes class folders. default_split: of images without one; YOLO requires one, "" is none. columns: of
    metadata.
    """

    def __init__(
        self, file: BinaryIO, default_split: str = "", columns: Sequence[MetadataColumn] = ()
    ) -> None:
        self._zip = ZipWriter(file)
        self._split = default_split
        self._names = UniqueNames()
        self._table = Spool()
        self._metadata = [to_exported(column.name) for column in columns]
        self._table.write(_line([*COLUMNS, *self._metadata]))

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        labelled = [image for image in images if image.row.corrected_label is not None]
        for image in labelled:
            self._write(image)
        return len(labelled)

    def _write(self, image: ExportImage) -> None:
        split = image.row.source_split or self._split
        name = self._name(image, split)
        self._zip.add_image(name, image.read())
        fields = describe(image) | {"file_name": name, "label": image.row.corrected_label, "split": split}
        fields |= {name: list_cell(getattr(image.row, name)) for name in LISTS}
        metadata = [csv_cell(fields.get(name)) for name in self._metadata]  # type: ignore[arg-type]
        self._table.write(_line([*(fields[column] for column in COLUMNS), *metadata]))

    def _name(self, image: ExportImage, split: str) -> str:
        folder = f"{folder_of(image.row.corrected_label or '')}/"
        folder = f"{folder_of(split)}/{folder}" if split else folder
        return self._names.leaf(image.row.file_name, image.suffix, image.number, folder)

    def close(self) -> None:
        """See `ImageWriter`."""
        self._zip.add_spool("metadata.csv", self._table)
        self._zip.close()


def _line(cells: Sequence[object]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
