"""Writes photographs into a zip."""

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.common.errors import BenchmarkError


def write_photos(path: Path, data: Path, images: int) -> list[str]:
    """Write so many photographs of the Parquet file `data`, repeated if necessary; return their names.

    Each has a content of its own. Raises `BenchmarkError`.
    """
    photos = _read(data)
    names = [f"{number:06d}.jpg" for number in range(images)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, name in enumerate(names):  # decoders ignore what follows the end of a JPEG
            archive.writestr(name, photos[number % len(photos)] + number.to_bytes(4))
    return names


def _read(data: Path) -> list[bytes]:
    try:
        return [image.as_py() for image in pq.read_table(data, columns=["image"])["image"]]
    except (OSError, pa.ArrowException) as error:
        raise BenchmarkError(f"{data} is not the Parquet file of photographs: {error}") from error
