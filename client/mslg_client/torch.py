"""An export as training data with soft labels, for PyTorch. Needs torch, numpy and Pillow."""

import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from mslg_client.errors import MslgError


class SoftLabelDataset(Dataset[tuple[Any, torch.Tensor]]):
    """Yields an image and its probabilities, float32 [C], for each image of an export that has a label.

    The probabilities are the soft label that the job learned. Where a person settled the class, and where the
    job has no soft label, the class has probability 1.

    path: an export as `webdataset`; or as `parquet`, with `images`, the folder of the images that its column
    `file_name` is relative to. transform: what to do with the image, an RGB image of Pillow; the default is a
    tensor, float32 [3, H, W], 0..1. Raises `MslgError` for another kind of file.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        images: str | Path | None = None,
        transform: Callable[[Image.Image], Any] | None = None,
    ) -> None:
        self._export = _open_export(Path(path), None if images is None else Path(images))
        self._transform = transform or to_tensor
        self.num_classes = self._export.num_classes

    def __len__(self) -> int:
        return len(self._export)

    def __getitem__(self, index: int) -> tuple[Any, torch.Tensor]:
        with Image.open(io.BytesIO(self._export.read_image(index))) as image:
            shown = self._transform(image.convert("RGB"))
        return shown, torch.from_numpy(self._export.probabilities(index))


def to_tensor(image: Image.Image) -> torch.Tensor:
    """The image as float32 [3, H, W], 0..1."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


class _Export(Protocol):
    """An export: images as files, and probabilities."""

    num_classes: int

    def __len__(self) -> int: ...

    def read_image(self, index: int) -> bytes:
        """The image file."""
        ...

    def probabilities(self, index: int) -> Any:
        """Of all classes, float32 [C]."""
        ...


def _open_export(path: Path, images: Path | None) -> _Export:
    if path.suffix == ".tar":
        return _Tar(path)
    if path.suffix == ".parquet" and images is not None:
        return _Table(path, images)
    raise MslgError(f"{path}: name an export as webdataset, or one as parquet with the folder of the images.")


class _Tar:
    """A WebDataset. Only the places of its parts are in memory: suffix -> offset and size, per image."""

    def __init__(self, path: Path) -> None:
        self._path = path
        places: dict[str, dict[str, tuple[int, int]]] = {}
        with tarfile.open(path) as tar:
            for entry in tar:
                key, _, suffix = entry.name.partition(".")
                places.setdefault(key, {})[suffix] = (entry.offset_data, entry.size)
        self._places = list(places.values())
        softened = next((i for i, parts in enumerate(self._places) if "soft.npy" in parts), None)
        if softened is None:
            raise MslgError(f"{path} has no soft labels.")
        self.num_classes = len(self._soft_label(softened))

    def __len__(self) -> int:
        return len(self._places)

    def read_image(self, index: int) -> bytes:
        (suffix,) = self._places[index].keys() - {"cls", "json", "soft.npy"}
        return self._read(index, suffix)

    def probabilities(self, index: int) -> Any:
        decided_by = json.loads(self._read(index, "json"))["corrected_by"]
        if decided_by == "person" or "soft.npy" not in self._places[index]:
            return _certain(int(self._read(index, "cls")), self.num_classes)
        return self._soft_label(index)

    def _soft_label(self, index: int) -> Any:
        return np.load(io.BytesIO(self._read(index, "soft.npy"))).astype(np.float32)

    def _read(self, index: int, suffix: str) -> bytes:
        offset, size = self._places[index][suffix]
        with self._path.open("rb") as file:
            file.seek(offset)
            return file.read(size)


class _Table:
    """A table in Parquet, and a folder of images."""

    def __init__(self, path: Path, images: Path) -> None:
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        table = pq.read_table(path, columns=["file_name", "soft_label", "corrected_label", "corrected_by"])
        classes = json.loads(table.schema.metadata[b"classes"])
        self._numbers = {name: number for number, name in enumerate(classes)}
        self._rows = table.filter(pc.is_valid(table["corrected_label"]))
        self._images = images
        self.num_classes = len(classes)

    def __len__(self) -> int:
        return len(self._rows)

    def read_image(self, index: int) -> bytes:
        return Path(self._images, self._cell("file_name", index)).read_bytes()

    def probabilities(self, index: int) -> Any:
        soft = self._cell("soft_label", index)
        if soft is None or self._cell("corrected_by", index) == "person":
            return _certain(self._numbers[self._cell("corrected_label", index)], self.num_classes)
        if len(soft) == self.num_classes and not isinstance(soft[0], tuple):
            return np.array(soft, dtype=np.float32)
        return self._spread(dict(soft))

    def _spread(self, soft: Mapping[str, float]) -> Any:
        """With many classes, the table names those above 0."""
        values = np.zeros(self.num_classes, dtype=np.float32)
        values[[self._numbers[name] for name in soft]] = list(soft.values())
        return values

    def _cell(self, name: str, index: int) -> Any:
        return self._rows[name][index].as_py()


def _certain(label: int, num_classes: int) -> Any:
    values = np.zeros(num_classes, dtype=np.float32)
    values[label] = 1
    return values
