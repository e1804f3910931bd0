"""CIFAR-10 and CIFAR-100 as published (Krizhevsky, 2009), Python and binary versions. Importable without
torch.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, ArchiveLimits, LabelledEntry, Meter
from mslg_core.datasets.layouts.lines import read_class_names
from mslg_core.datasets.safe_pickle import load_arrays

SIDE = 32
PIXELS = 3 * SIDE * SIDE
MAX_CLASSES = 100
FOLDERS = ("cifar-10-batches-py", "cifar-100-python", "cifar-10-batches-bin", "cifar-100-binary")

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CifarImages:
    """images uint8 [N, 32, 32, 3], labels int64 [N] and names of one split, in the published order."""

    images: NDArray[np.uint8]
    labels: Ints
    classes: tuple[str, ...]
    file_names: tuple[str, ...]


class _Version(NamedTuple):
    """Names of files and, for pickles, of fields. `skipped`: bytes before the label in binary files."""

    train: tuple[str, ...]
    test: tuple[str, ...]
    meta: str
    labels: str = ""
    class_names: str = ""
    skipped: int = 0

    @property
    def pickled(self) -> bool:
        return bool(self.labels)


_BATCHES = tuple(f"data_batch_{n}" for n in range(1, 6))
_VERSIONS = (
    _Version(_BATCHES, ("test_batch",), "batches.meta", "labels", "label_names"),
    _Version(("train",), ("test",), "meta", "fine_labels", "fine_label_names"),
    _Version(tuple(f"{name}.bin" for name in _BATCHES), ("test_batch.bin",), "batches.meta.txt"),
    _Version(("train.bin",), ("test.bin",), "fine_label_names.txt", skipped=1),
)


class _Batch(NamedTuple):
    images: NDArray[np.uint8]
    labels: Ints
    names: list[str]


def is_cifar(folder: Path) -> bool:
    """Whether the folder, or a subfolder with the published name, contains CIFAR."""
    return _find(folder) is not None


def read_cifar(folder: Path, split: Literal["train", "test"] = "train") -> CifarImages:
    """The images and labels of one split. `folder` is the unpacked folder or its parent.

    Raises `LayoutError` for files that are missing, damaged or inconsistent, and `UnsafePickleError`.
    """
    found = _find(folder)
    if found is None:
        raise errors.LayoutError(f"{folder.name} does not contain CIFAR: unpack the published archive.")
    root, version = found
    classes = _read_classes(root, version)
    read = _read_pickle if version.pickled else _read_binary
    files = version.train if split == "train" else version.test
    batches = [read(name, _read_file(root, name), version) for name in files]
    labels = np.concatenate([batch.labels for batch in batches])
    if labels.size and not (labels.min() >= 0 and labels.max() < len(classes)):
        raise errors.LayoutError(f"A label of {folder.name} is not one of its {len(classes)} classes.")
    return CifarImages(
        np.concatenate([batch.images for batch in batches]),
        labels,
        classes,
        tuple(name for batch in batches for name in batch.names),
    )


class CifarFolder(Archive):
    """The training images of CIFAR as an archive of labelled PNG files."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ArchiveLimits())
        self._data = read_cifar(path)

    def close(self) -> None:
        """Nothing to close: all data is in memory."""

    def _entries(self, _meter: Meter) -> Iterator[tuple[str, errors.EntryError | None, ArchiveEntry | None]]:
        data = self._data
        for name, pixels, label in zip(data.file_names, data.images, data.labels.tolist(), strict=True):
            yield name, None, LabelledEntry(name, partial(_encode_png, pixels), data.classes[label])


def _find(folder: Path) -> tuple[Path, _Version] | None:
    for root in (folder, *(folder / name for name in FOLDERS)):
        for version in _VERSIONS:
            if (root / version.meta).is_file() and (root / version.train[0]).is_file():
                return root, version
    return None


def _read_file(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except FileNotFoundError:
        raise errors.LayoutError(f"{root.name} lacks {name}: add the published file.") from None


def _read_classes(root: Path, version: _Version) -> tuple[str, ...]:
    data = _read_file(root, version.meta)
    if not version.pickled:
        return tuple(read_class_names(version.meta, data))
    names = load_arrays(version.meta, data).get(version.class_names)
    if not isinstance(names, list) or not names:
        raise errors.LayoutError(f"{version.meta} has no list {version.class_names}.")
    return tuple(map(_text, names))


def _read_pickle(name: str, data: bytes, version: _Version) -> _Batch:
    content = load_arrays(name, data)
    pixels, labels = content.get("data"), content.get(version.labels)
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[1:] != (PIXELS,):
        raise errors.LayoutError(f"{name} has no array data of {PIXELS} bytes per image.")
    if not isinstance(labels, list) or not all(isinstance(n, int) and 0 <= n < MAX_CLASSES for n in labels):
        raise errors.LayoutError(f"{name} has no list {version.labels} of class numbers.")
    if len(labels) != len(pixels):
        raise errors.LayoutError(f"{name} has {len(pixels)} images and {len(labels)} labels.")
    return _Batch(_unroll(pixels), np.array(labels, dtype=np.int64), _names(name, content, len(labels)))


def _read_binary(name: str, data: bytes, version: _Version) -> _Batch:
    size = version.skipped + 1 + PIXELS
    if len(data) % size:
        raise errors.LayoutError(f"{name} is cut off: {len(data)} bytes are not a multiple of {size}.")
    rows = np.frombuffer(data, dtype=np.uint8).reshape(-1, size)
    labels = rows[:, version.skipped].astype(np.int64)
    return _Batch(_unroll(rows[:, version.skipped + 1 :]), labels, _names(name, {}, len(rows)))


def _unroll(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Reshape [N, 3072], one colour channel after the other, to [N, 32, 32, 3]."""
    return pixels.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1).copy()


def _names(batch: str, content: dict[str, Any], count: int) -> list[str]:
    """File names, prefixed with the batch, because two batches may contain equal names."""
    names = content.get("filenames", [f"{number:05d}.png" for number in range(count)])
    if not isinstance(names, list) or len(names) != count:
        raise errors.LayoutError(f"{batch} has {count} images, but not a list of {count} filenames.")
    return [f"{batch.removesuffix('.bin')}/{_text(name)}" for name in names]


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _encode_png(pixels: NDArray[np.uint8]) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png", compress_level=1)
    buffer.seek(0)
    return buffer
