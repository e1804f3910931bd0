"""Features kept between runs, by what they were made from."""

import contextlib
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

HASHED_AT_ONCE = 1000


class FeatureCache(Protocol):
    """Somewhere to keep bytes under a key; entries are whole or absent, and may vanish at any time."""

    def load(self, key: str) -> bytes | None:
        """What was saved under `key`, or None."""

    def save(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`."""


@dataclass(frozen=True, slots=True)
class FolderCache:
    """Files in a folder that several processes may share."""

    folder: Path

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def save(self, key: str, data: bytes) -> None:
        """Write under a name of its own, then rename: whoever comes last wins, nobody reads half a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(self._path(key))
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


@dataclass(frozen=True, slots=True)
class MemoryCache:
    """For as long as the object lives."""

    entries: dict[str, bytes] = field(default_factory=dict)

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        return self.entries.get(key)

    def save(self, key: str, data: bytes) -> None:
        """See `FeatureCache`."""
        self.entries[key] = data


def digest(images: NDArray[np.uint8], made_by: str) -> str:
    """The key of what `made_by` makes of images [N, side, side, 3]: changes with any pixel."""
    state = hashlib.sha256(f"{made_by} {images.shape}".encode())
    for start in range(0, len(images), HASHED_AT_ONCE):
        state.update(np.ascontiguousarray(images[start : start + HASHED_AT_ONCE]).data)
    return state.hexdigest()


def load_arrays(cache: FeatureCache, key: str) -> list[NDArray[np.float32]] | None:
    """The arrays saved under `key`, or None where there are none or they are damaged."""
    data = cache.load(key)
    if data is None:
        return None
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return [file[name] for name in file.files]
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile):
        return None


def save_arrays(cache: FeatureCache, key: str, arrays: Sequence[NDArray[np.float32]]) -> None:
    """Keep `arrays` under `key`."""
    buffer = io.BytesIO()
    np.savez(buffer, *arrays)
    cache.save(key, buffer.getvalue())
