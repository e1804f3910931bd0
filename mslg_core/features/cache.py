"""Keeps extracted features between runs, under a hash of their inputs."""

import contextlib
import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# Images hashed at a time.
HASHED_AT_ONCE = 1000
# Of files in a folder.
SUFFIX = ".npz"


class FeatureCache(Protocol):
    """Stores bytes under a key. Entries are complete or absent, and may vanish at any time."""

    def load(self, key: str) -> bytes | None:
        """The bytes saved under `key`, or None."""

    def save(self, key: str, data: bytes) -> None:
        """Save `data` under `key`, a path such as `raw/3f/1`."""

    def names(self, folder: str) -> list[str]:
        """All keys below `folder/`."""

    def discard(self, folder: str) -> None:
        """Delete all entries below `folder/`."""


@dataclass(frozen=True, slots=True)
class FolderCache:
    """A cache of files in a folder, which several processes may share."""

    folder: Path

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def save(self, key: str, data: bytes) -> None:
        """Write to a temporary file, then rename it: the last writer wins, and no reader sees half a file."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def names(self, folder: str) -> list[str]:
        """See `FeatureCache`."""
        paths = (self.folder / folder).rglob(f"*{SUFFIX}")
        return [path.relative_to(self.folder).as_posix().removesuffix(SUFFIX) for path in paths]

    def discard(self, folder: str) -> None:
        """See `FeatureCache`."""
        shutil.rmtree(self.folder / folder, ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class MemoryCache:
    """A cache that lives as long as the object."""

    entries: dict[str, bytes] = field(default_factory=dict)

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        return self.entries.get(key)

    def save(self, key: str, data: bytes) -> None:
        """See `FeatureCache`."""
        self.entries[key] = data

    def names(self, folder: str) -> list[str]:
        """See `FeatureCache`."""
        return [key for key in self.entries if key.startswith(f"{folder}/")]

    def discard(self, folder: str) -> None:
        """See `FeatureCache`."""
        for key in self.names(folder):
            del self.entries[key]


def digest(images: NDArray[np.uint8], made_by: str) -> str:
    """The key of features that `made_by` extracts from images [N, side, side, 3]. Any pixel changes it."""
    state = hashlib.sha256(f"{made_by} {images.shape}".encode())
    for start in range(0, len(images), HASHED_AT_ONCE):
        state.update(np.ascontiguousarray(images[start : start + HASHED_AT_ONCE]).data)
    return state.hexdigest()


def load_arrays(cache: FeatureCache, key: str) -> list[NDArray[np.float32]] | None:
    """The arrays saved under `key`, or None if they are absent or damaged."""
    data = cache.load(key)
    if data is None:
        return None
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return [file[name] for name in file.files]
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile):
        return None


def save_arrays(cache: FeatureCache, key: str, arrays: Sequence[NDArray[np.float32]]) -> None:
    """Save `arrays` under `key`."""
    buffer = io.BytesIO()
    np.savez(buffer, *arrays)
    cache.save(key, buffer.getvalue())
