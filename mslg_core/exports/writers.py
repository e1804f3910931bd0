"""The formats of an export, each with its file suffix and writer. Importable without torch."""

from collections.abc import Callable, Sequence
from typing import BinaryIO

from mslg_core.exports.class_folders import ClassFoldersWriter
from mslg_core.exports.cvat import CvatWriter
from mslg_core.exports.datumaro import DatumaroWriter
from mslg_core.exports.fiftyone import FiftyOneWriter
from mslg_core.exports.image import Closing, ExportImage, ImageWriter
from mslg_core.exports.imagefolder import ImageFolderWriter
from mslg_core.exports.label_studio import LabelStudioWriter
from mslg_core.exports.lists import CleanlabWriter, PatchWriter
from mslg_core.exports.table import TableFormat, open_writer
from mslg_core.exports.webdataset import WebDatasetWriter


class TableExport(Closing):
    """The export table, from the rows of images."""

    def __init__(self, file_format: TableFormat, file: BinaryIO, classes: Sequence[str]) -> None:
        self._table = open_writer(file_format, file, classes)

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        self._table.write([image.row for image in images])
        return len(images)

    def close(self) -> None:
        """See `ImageWriter`."""
        self._table.close()


WRITERS: dict[str, Callable[[BinaryIO, Sequence[str]], ImageWriter]] = {
    "csv": lambda file, classes: TableExport(TableFormat.CSV, file, classes),
    "jsonl": lambda file, classes: TableExport(TableFormat.JSONL, file, classes),
    "parquet": lambda file, classes: TableExport(TableFormat.PARQUET, file, classes),
    "class_folders": lambda file, _: ClassFoldersWriter(file),
    "yolo": lambda file, _: ClassFoldersWriter(file, default_split="train"),
    "imagefolder": lambda file, _: ImageFolderWriter(file),
    "webdataset": WebDatasetWriter,
    "fiftyone": FiftyOneWriter,
    "label_studio": LabelStudioWriter,
    "cvat": CvatWriter,
    "datumaro": DatumaroWriter,
    "cleanlab": lambda file, _: CleanlabWriter(file),
    "patch": lambda file, _: PatchWriter(file),
}
"""Opens the writer of each format, for a binary file and the names of the classes in order."""
