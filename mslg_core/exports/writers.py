"""The formats of an export, each with its file suffix and writer. Importable without torch."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import BinaryIO

from mslg_core.exports.class_folders import ClassFoldersWriter
from mslg_core.exports.cvat import CvatWriter
from mslg_core.exports.datumaro import DatumaroWriter
from mslg_core.exports.fiftyone import FiftyOneWriter
from mslg_core.exports.image import Closing, ExportImage, ImageWriter
from mslg_core.exports.imagefolder import ImageFolderWriter
from mslg_core.exports.label_studio import LabelStudioWriter
from mslg_core.exports.lists import CleanlabWriter, PatchWriter
from mslg_core.exports.metadata_columns import MetadataColumn
from mslg_core.exports.table import TableFormat, open_writer
from mslg_core.exports.webdataset import WebDatasetWriter


class TableExport(Closing):
    """The export table, from the rows of images."""

    def __init__(
        self,
        file_format: TableFormat,
        file: BinaryIO,
        classes: Sequence[str],
        columns: Sequence[MetadataColumn],
    ) -> None:
        self._table = open_writer(file_format, file, classes, columns)

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        self._table.write([image.row for image in images])
        return len(images)

    def close(self) -> None:
        """See `ImageWriter`."""
        self._table.close()


WithoutColumns = Callable[[BinaryIO, Sequence[str]], ImageWriter]
WithColumns = Callable[[BinaryIO, Sequence[str], Sequence[MetadataColumn]], ImageWriter]

# These need to know the columns of metadata before the first image.
WITH_COLUMNS: dict[str, WithColumns] = {
    "csv": partial(TableExport, TableFormat.CSV),
    "jsonl": partial(TableExport, TableFormat.JSONL),
    "parquet": partial(TableExport, TableFormat.PARQUET),
    "class_folders": lambda file, _, columns: ClassFoldersWriter(file, columns=columns),
    "yolo": lambda file, _, columns: ClassFoldersWriter(file, default_split="train", columns=columns),
}
WITHOUT_COLUMNS: dict[str, WithoutColumns] = {
    "imagefolder": lambda file, _: ImageFolderWriter(file),
    "webdataset": WebDatasetWriter,
    "fiftyone": FiftyOneWriter,
    "label_studio": LabelStudioWriter,
    "cvat": CvatWriter,
    "datumaro": DatumaroWriter,
    "cleanlab": lambda file, _: CleanlabWriter(file),
    "patch": lambda file, _: PatchWriter(file),
}
FORMATS = (*WITH_COLUMNS, *WITHOUT_COLUMNS)


def open_export(
    file_format: str, file: BinaryIO, classes: Sequence[str], columns: Sequence[MetadataColumn] = ()
) -> ImageWriter:
    """The writer of a format. classes: their names in order. columns: of metadata."""
    if file_format in WITH_COLUMNS:
        return WITH_COLUMNS[file_format](file, classes, columns)
    return WITHOUT_COLUMNS[file_format](file, classes)
