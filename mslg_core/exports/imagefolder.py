"""Hugging Face's `imagefolder` as a zip: images below `train/`, and their labels in `metadata.jsonl`.

A metadata table switches labels by folder names off, so images keep their own folders. Importable without
torch.
"""

from collections.abc import Sequence
from typing import BinaryIO

from mslg_core.exports.archive import Spool, ZipWriter
from mslg_core.exports.image import Closing, ExportImage, describe
from mslg_core.exports.names import UniqueNames, folder_of

DEFAULT_SPLIT = "train"


class ImageFolderWriter(Closing):
    """Writes one folder per split."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipWriter(file)
        self._names = UniqueNames()
        self._tables: dict[str, Spool] = {}

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`. An image without a label gets null."""
        for image in images:
            self._write(image)
        return len(images)

    def _write(self, image: ExportImage) -> None:
        split = folder_of(image.row.source_split or DEFAULT_SPLIT)
        path = self._names.path(image.row.file_name, image.suffix, image.number, f"{split}/images/")
        self._zip.add_image(path, image.read())
        name = {"file_name": path.removeprefix(f"{split}/"), "label": image.row.corrected_label}
        if split not in self._tables:
            self._tables[split] = Spool()
        self._tables[split].write_line(name | describe(image))

    def close(self) -> None:
        """See `ImageWriter`."""
        for split, table in self._tables.items():
            self._zip.add_spool(f"{split}/metadata.jsonl", table)
        self._zip.close()
