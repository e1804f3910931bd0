"""WebDataset: a tar with `.jpg` (or the image's own suffix), `.cls`, `.json` and `.soft.npy` per image.

`.cls` is the number of the class, `.soft.npy` the soft label, float32 [C]. A key is the number of the image,
because keys end at the first dot. Images without a corrected label are left out: loaders want every part of
every sample. Importable without torch.
"""

import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import numpy as np

from mslg_core.exports.archive import to_json
from mslg_core.exports.image import Closing, ExportImage, describe
from mslg_core.exports.table import SoftLabel


class WebDatasetWriter(Closing):
    """Writes one shard."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - `close`
        self._numbers = {name: number for number, name in enumerate(classes)}

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        labelled = [image for image in images if image.row.corrected_label is not None]
        for image in labelled:
            for suffix, data in self._parts(image):
                self._add(f"{image.number:08d}{suffix}", data)
        return len(labelled)

    def _parts(self, image: ExportImage) -> Iterator[tuple[str, bytes]]:
        label = image.row.corrected_label
        yield image.suffix, image.read()
        yield ".cls", str(self._numbers[label or ""]).encode()
        yield ".json", to_json({"label": label} | describe(image)).encode()
        if image.row.soft_label is not None:
            yield ".soft.npy", self._soft_label(image.row.soft_label)

    def _soft_label(self, soft: SoftLabel) -> bytes:
        values = np.zeros(len(self._numbers), dtype="<f4")
        if isinstance(soft, Mapping):
            values[[self._numbers[name] for name in soft]] = list(soft.values())
        else:
            values[:] = soft
        file = io.BytesIO()
        np.save(file, values, allow_pickle=False)
        return file.getvalue()

    def _add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        self._tar.addfile(entry, io.BytesIO(data))

    def close(self) -> None:
        """See `ImageWriter`."""
        self._tar.close()
