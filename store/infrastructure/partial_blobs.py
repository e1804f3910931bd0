"""Blobs that arrive in parts, over several requests: in a local folder one growing file each, in a bucket one
object per part.

All lie under `uploads/`. One writer at a time appends to each; the caller sees to that.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from store.errors import BlobNotFoundError, StorageError
from store.infrastructure.blobs import BlobStore, local_root

PREFIX = "uploads"


class PartialBlobs(Protocol):
    """The interface of partial blobs."""

    def size(self, upload_id: str) -> int:
        """The number of bytes that are stored, 0 if there is none."""

    def append(self, upload_id: str, offset: int, data: bytes) -> None:
        """Store `data` from `offset` on, which is the present size, and make it durable.

        Raises `BlobNotFoundError` if what came before `offset` has been deleted, and `StorageError`.
        """

    def head(self, upload_id: str, size: int) -> bytes:
        """The first `size` bytes, or fewer if fewer are stored."""

    def complete(self, upload_id: str, key: str, on_part: Callable[[], None]) -> None:
        """Store it as the blob `key`, too. A repetition after a failure does no harm.

        `on_part` is called now and then, where this takes long.
        """

    def delete(self, upload_id: str) -> None:
        """Delete it, if it exists."""


class LocalPartials:
    """Files that grow in the folder of the blobs, and are linked to their place at the end."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, upload_id: str) -> Path:
        return self._root / PREFIX / upload_id

    def size(self, upload_id: str) -> int:
        """See `PartialBlobs`."""
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload_id: str, offset: int, data: bytes) -> None:
        """See `PartialBlobs`."""
        path = self._path(upload_id)
        try:
            if offset == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            with path.open("r+b") as file:
                file.seek(offset)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError as error:
            raise BlobNotFoundError(f"{PREFIX}/{upload_id}") from error
        except OSError as error:
            raise StorageError(error) from error

    def head(self, upload_id: str, size: int) -> bytes:
        """See `PartialBlobs`."""
        try:
            with self._path(upload_id).open("rb") as file:
                return file.read(size)
        except FileNotFoundError:
            return b""

    def complete(self, upload_id: str, key: str, on_part: Callable[[], None]) -> None:  # noqa: ARG002
        """See `PartialBlobs`. It takes no time."""
        target, path = self._root / key, self._path(upload_id)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            _move(path, target)
        except OSError as error:
            raise StorageError(error) from error

    def delete(self, upload_id: str) -> None:
        """See `PartialBlobs`."""
        self._path(upload_id).unlink(missing_ok=True)


def _move(path: Path, target: Path) -> None:
    """By a hard link, so that a repetition finds the file, where the file system has them."""
    try:
        os.link(path, target)
    except OSError:
        path.replace(target)


class BucketPartials:
    """Objects named after the range of bytes that they hold, joined at the end."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def _parts(self, upload_id: str) -> list[tuple[int, int, str]]:
        """(start, end, key) of the parts from the first byte on, without gaps."""
        parts: list[tuple[int, int, str]] = []
        for key in sorted(self._blobs.keys(f"{PREFIX}/{upload_id}")):
            start, end = map(int, key.rpartition("/")[2].split("-"))
            if start == (parts[-1][1] if parts else 0):
                parts.append((start, end, key))
        return parts

    def size(self, upload_id: str) -> int:
        """See `PartialBlobs`."""
        parts = self._parts(upload_id)
        return parts[-1][1] if parts else 0

    def append(self, upload_id: str, offset: int, data: bytes) -> None:
        """See `PartialBlobs`."""
        self._blobs.put(f"{PREFIX}/{upload_id}/{offset:020}-{offset + len(data):020}", data)

    def head(self, upload_id: str, size: int) -> bytes:
        """See `PartialBlobs`."""
        data = b""
        for _, _, key in self._parts(upload_id):
            if len(data) >= size:
                break
            data += self._blobs.get(key)
        return data[:size]

    def complete(self, upload_id: str, key: str, on_part: Callable[[], None]) -> None:
        """See `PartialBlobs`."""
        self._blobs.join(self._reported(upload_id, on_part), key)

    def _reported(self, upload_id: str, on_part: Callable[[], None]) -> Iterator[str]:
        for _, _, key in self._parts(upload_id):
            on_part()
            yield key

    def delete(self, upload_id: str) -> None:
        """See `PartialBlobs`."""
        self._blobs.delete_prefix(f"{PREFIX}/{upload_id}")


def open_partials(blob_url: str, blobs: BlobStore) -> PartialBlobs:
    """The partial blobs beside `blobs`, which `open_blobs(blob_url)` has opened."""
    root = local_root(blob_url)
    return BucketPartials(blobs) if root is None else LocalPartials(root)
