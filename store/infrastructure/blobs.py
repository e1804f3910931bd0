"""Blobs: archives, images, checkpoints and exports, in a local folder or an S3-compatible bucket.

All blobs of a dataset lie under `dataset_prefix`, so that they are deleted together with it.
"""

import tempfile
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store
from obstore.store import ObjectStore as Backend

from store.errors import BlobNotFoundError, StorageError

READ_CHUNK_BYTES = 1024 * 1024
DELETE_BATCH = 1000
UNFINISHED = "*#[0-9]*"
"""What obstore calls a file of a local store until it is complete; no key has such a name."""


@dataclass(frozen=True, slots=True)
class BlobStream:
    """A blob that is being read: its size, and its bytes in chunks."""

    size: int
    chunks: Iterator[bytes]


class BlobStore(Protocol):
    """The interface of a blob store. Writes are atomic: a blob exists completely or not at all.

    All methods raise `StorageError` when the store cannot be used, such as a disk that is full.
    """

    def __hash__(self) -> int:
        """By identity."""

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing any blob there."""

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store the chunks as one blob. If the iterable raises, nothing is stored."""

    async def put_stream_async(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Store the body of a request while it arrives. If the iterable raises, nothing is stored."""

    def join(self, parts: Iterable[str], key: str) -> None:
        """Store the blobs `parts`, each of which fits into memory, one after another as the blob `key`.

        If the iterable raises, nothing is stored.
        """

    def get(self, key: str) -> bytes:
        """Read a whole blob. Raises `BlobNotFoundError`."""

    def open_stream(self, key: str) -> BlobStream:
        """Read a large blob in chunks. Raises `BlobNotFoundError`."""

    def local_file(self, key: str) -> AbstractContextManager[Path]:
        """The blob as a file that can be read inside the block. Raises `BlobNotFoundError`."""

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys of all blobs below `prefix/`, in any order."""

    def folders(self, prefix: str) -> list[str]:
        """The names right below `prefix/` under which there are blobs."""

    def old_keys(self, prefix: str, before: datetime) -> Iterator[str]:
        """The keys of those blobs below `prefix/` that were written before, in any order."""

    def delete(self, key: str) -> None:
        """Delete one blob, if it exists."""

    def delete_prefix(self, prefix: str) -> None:
        """Delete all blobs below `prefix/`, if any exist."""

    def delete_unfinished(self, before: datetime) -> int:
        """Delete what killed processes left half written before this time. Return how much it was."""


class ObjectBlobStore:
    """A `BlobStore` on obstore. `root` is the folder of a local store, whose files can be read in place."""

    def __init__(self, backend: Backend, root: Path | None = None) -> None:
        self._backend = backend
        self._root = root

    def put(self, key: str, data: bytes) -> None:
        """See `BlobStore`."""
        with _translated(key):
            obstore.put(self._backend, key, data)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """See `BlobStore`."""
        with _translated(key):
            obstore.put(self._backend, key, chunks)

    async def put_stream_async(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """See `BlobStore`."""
        with _translated(key):
            await obstore.put_async(self._backend, key, chunks)

    def join(self, parts: Iterable[str], key: str) -> None:
        """See `BlobStore`."""
        try:  # `put_stream` allows no reading while it writes
            with _translated(key), obstore.open_writer(self._backend, key) as writer:
                for part in parts:
                    writer.write(self.get(part))
        except BaseException:
            self.delete(key)
            raise

    def get(self, key: str) -> bytes:
        """See `BlobStore`."""
        with _translated(key):
            return bytes(obstore.get(self._backend, key).bytes())

    def open_stream(self, key: str) -> BlobStream:
        """See `BlobStore`."""
        with _translated(key):
            result = obstore.get(self._backend, key)
        return BlobStream(result.meta["size"], _read(key, result))

    @contextmanager
    def local_file(self, key: str) -> Iterator[Path]:
        """See `BlobStore`."""
        if self._root is not None:
            path = self._root / key
            if not path.is_file():
                raise BlobNotFoundError(key)
            yield path
            return
        stream = self.open_stream(key)
        with tempfile.TemporaryDirectory(prefix="mslg-") as folder:
            path = Path(folder, "blob")
            with path.open("wb") as file:
                file.writelines(stream.chunks)
            yield path

    def keys(self, prefix: str) -> Iterator[str]:
        """See `BlobStore`."""
        for batch in obstore.list(self._backend, prefix):
            yield from (meta["path"] for meta in batch)

    def folders(self, prefix: str) -> list[str]:
        """See `BlobStore`."""
        with _translated(prefix):
            found = obstore.list_with_delimiter(self._backend, prefix)["common_prefixes"]
        return [path.rpartition("/")[2] for path in found]

    def old_keys(self, prefix: str, before: datetime) -> Iterator[str]:
        """See `BlobStore`."""
        for batch in obstore.list(self._backend, prefix):
            yield from (meta["path"] for meta in batch if meta["last_modified"] < before)

    def delete_unfinished(self, before: datetime) -> int:
        """See `BlobStore`. Buckets do this themselves, by a rule for incomplete uploads."""
        if self._root is None:
            return 0
        old = [path for path in self._root.rglob(UNFINISHED) if path.stat().st_mtime < before.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def delete(self, key: str) -> None:
        """See `BlobStore`."""
        with suppress(BlobNotFoundError), _translated(key):
            obstore.delete(self._backend, key)

    def delete_prefix(self, prefix: str) -> None:
        """See `BlobStore`."""
        with _translated(prefix):
            for batch in obstore.list(self._backend, prefix, chunk_size=DELETE_BATCH):
                obstore.delete(self._backend, [meta["path"] for meta in batch])


def open_blobs(blob_url: str) -> ObjectBlobStore:
    """The store at `file:///folder` (made if missing) or `s3://bucket/prefix`.

    S3 takes keys, region and endpoint from the usual variables: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, ...
    Raises `ValueError` for any other URL.
    """
    if root := local_root(blob_url):
        return ObjectBlobStore(LocalStore(root, automatic_cleanup=True, mkdir=True), root)
    if blob_url.startswith("s3://"):
        return ObjectBlobStore(S3Store.from_url(blob_url))
    raise ValueError(f"MSLG_BLOB_URL must be file:///folder or s3://bucket/prefix, not {blob_url!r}")


def local_root(blob_url: str) -> Path | None:
    """The folder of a local store; None for a bucket."""
    return Path(url2pathname(urlsplit(blob_url).path)) if blob_url.startswith("file://") else None


DATASETS = "datasets"


def dataset_prefix(dataset_id: str) -> str:
    """The prefix of all blobs of a dataset."""
    return f"{DATASETS}/{dataset_id}"


def archive_key(dataset_id: str, ingest_id: str) -> str:
    """The uploaded archive of one ingest."""
    return f"{dataset_prefix(dataset_id)}/archives/{ingest_id}"


def image_key(dataset_id: str, sha256: str) -> str:
    """An image, by its content: identical images are stored once."""
    return f"{dataset_prefix(dataset_id)}/images/{sha256[:2]}/{sha256}"


def thumbnail_key(dataset_id: str, name: str) -> str:
    """A thumbnail of an image that stays in its source."""
    return f"{dataset_prefix(dataset_id)}/thumbnails/{name[:2]}/{name}"


def checkpoint_key(dataset_id: str, job_id: str) -> str:
    """The folder of a job's checkpoints."""
    return f"{dataset_prefix(dataset_id)}/checkpoints/{job_id}"


def model_key(dataset_id: str, job_id: str, attempt: int) -> str:
    """The trained model of a job, for warm starts of later jobs."""
    return f"{dataset_prefix(dataset_id)}/models/{job_id}/{attempt}"


def index_key(dataset_id: str, digest: str) -> str:
    """An index of similar images, by what is in it: jobs with the same features share one."""
    return f"{dataset_prefix(dataset_id)}/indexes/{digest}"


def map_key(dataset_id: str, job_id: str, attempt: int) -> str:
    """The map of a job's samples."""
    return f"{dataset_prefix(dataset_id)}/maps/{job_id}/{attempt}"


def features_prefix(dataset_id: str) -> str:
    """Extracted features of a dataset's images, for the next training."""
    return f"{dataset_prefix(dataset_id)}/features"


def export_key(dataset_id: str, export_id: str) -> str:
    """An export's file."""
    return f"{dataset_prefix(dataset_id)}/exports/{export_id}"


def version_key(dataset_id: str, version_id: str) -> str:
    """The table of a named version."""
    return f"{dataset_prefix(dataset_id)}/versions/{version_id}"


def _read(key: str, result: obstore.GetResult) -> Iterator[bytes]:
    with _translated(key):
        yield from map(bytes, result.stream(READ_CHUNK_BYTES))


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """Raise `BlobNotFoundError` and `StorageError` for what obstore raises."""
    try:
        yield
    except FileNotFoundError as error:
        raise BlobNotFoundError(key) from error
    except BaseError as error:
        raise StorageError(error) from error
