"""Small versions of CIFAR in the published file formats."""

import pickle
import struct
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

PER_BATCH = 4
CLASSES_10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CLASSES_100 = tuple(f"thing {n:02d}" for n in range(100))


class Python2Pickler(pickle._Pickler):
    """Writes both text and bytes as strings of Python 2, as in the published files."""

    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)

    def save_string(self, value: str | bytes) -> None:
        """One string."""
        data = value.encode("latin-1") if isinstance(value, str) else value
        self.write(b"T" + struct.pack("<i", len(data)) + data)  # type: ignore[attr-defined]
        self.memoize(value)  # type: ignore[attr-defined]

    dispatch[bytes] = dispatch[str] = save_string


def dump(content: Any) -> bytes:
    """A pickle as Python 2 and NumPy 1 wrote it."""
    buffer = BytesIO()
    Python2Pickler(buffer, protocol=2).dump(content)
    return buffer.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def pixels(batch: int) -> NDArray[np.uint8]:
    """[4, 3072], one colour channel after the other; all images differ."""
    return np.random.default_rng(batch).integers(0, 256, (PER_BATCH, 3072), dtype=np.uint8)


def labels(batch: int) -> list[int]:
    """Class numbers of one batch."""
    return [(3 * batch + n) % 10 for n in range(PER_BATCH)]


def cifar10_python() -> dict[str, bytes]:
    """CIFAR-10, Python version."""
    files = {
        "batches.meta": dump({"label_names": list(CLASSES_10), "num_vis": 3072, "num_cases_per_batch": 4})
    }
    for number, name in enumerate([*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]):
        files[name] = dump(
            {
                "batch_label": f"batch {number}",
                "labels": labels(number),
                "data": pixels(number),
                "filenames": [f"thing_s_{n:06d}.png" for n in range(PER_BATCH)],
            }
        )
    return files


def cifar100_python() -> dict[str, bytes]:
    """CIFAR-100, Python version."""
    files = {"meta": dump({"fine_label_names": list(CLASSES_100), "coarse_label_names": ["any"] * 20})}
    for number, name in enumerate(["train", "test"]):
        files[name] = dump(
            {
                "fine_labels": [90 + label for label in labels(number)],
                "coarse_labels": labels(number),
                "data": pixels(number),
                "filenames": [f"thing_s_{n:06d}.png" for n in range(PER_BATCH)],
            }
        )
    return files


def cifar10_binary() -> dict[str, bytes]:
    """CIFAR-10, binary version."""
    files = {"batches.meta.txt": "\n".join([*CLASSES_10, "", ""]).encode()}
    for number, name in enumerate([*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"]):
        rows = np.concatenate([np.array(labels(number), np.uint8)[:, None], pixels(number)], axis=1)
        files[name] = rows.tobytes()
    return files


def cifar100_binary() -> dict[str, bytes]:
    """CIFAR-100, binary version."""
    files = {
        "fine_label_names.txt": "\n".join([*CLASSES_100, ""]).encode(),
        "coarse_label_names.txt": b"any\n",
    }
    for number, name in enumerate(["train.bin", "test.bin"]):
        coarse = np.array(labels(number), np.uint8)[:, None]
        files[name] = np.concatenate([coarse, coarse + 90, pixels(number)], axis=1).tobytes()
    return files


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """The files in a folder."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder
