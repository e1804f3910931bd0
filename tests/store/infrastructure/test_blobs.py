"""Conformance tests of both blob stores: a local folder and a real S3 interface."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.errors import BlobNotFoundError, StorageError
from store.database.columns import utc_now
from store.infrastructure.blobs import ObjectBlobStore, dataset_prefix, image_key, open_blobs

CHUNK = bytes(range(256)) * 400
NUM_CHUNKS = 120  # 12 MB: more than one part of a multipart upload
LARGE = CHUNK * NUM_CHUNKS


def pieces(*, broken: bool = False) -> Iterator[bytes]:
    """`LARGE` in chunks; a broken stream ends in an error instead."""
    for _ in range(NUM_CHUNKS):
        yield CHUNK
    if broken:
        raise ConnectionResetError("the client went away")


async def pieces_async(*, broken: bool = False) -> AsyncIterator[bytes]:
    """The same as a request's body."""
    for piece in pieces(broken=broken):
        yield piece


def test_a_blob_is_read_back(blobs: ObjectBlobStore) -> None:
    blobs.put("a/b", b"first")
    blobs.put("a/b", b"second")
    assert blobs.get("a/b") == b"second"


def test_blobs_are_written_and_read_as_streams(blobs: ObjectBlobStore) -> None:
    blobs.put_stream("large", pieces())
    stream = blobs.open_stream("large")
    assert stream.size == len(LARGE)
    assert b"".join(stream.chunks) == LARGE


def test_request_bodies_are_stored_as_streams(blobs: ObjectBlobStore) -> None:
    asyncio.run(blobs.put_stream_async("large", pieces_async()))
    assert blobs.get("large") == LARGE


def test_keys_are_listed_by_prefix(blobs: ObjectBlobStore) -> None:
    for key in ("a/b/1", "a/b/2", "a/bc/3", "d"):
        blobs.put(key, b"")
    assert sorted(blobs.keys("a/b")) == ["a/b/1", "a/b/2"]
    assert list(blobs.keys("none")) == []


def test_an_empty_stream_is_an_empty_blob(blobs: ObjectBlobStore) -> None:
    blobs.put_stream("empty", iter(()))
    assert blobs.get("empty") == b""


def test_a_broken_stream_stores_nothing(blobs: ObjectBlobStore) -> None:
    with pytest.raises(ConnectionResetError):
        blobs.put_stream("broken", pieces(broken=True))
    with pytest.raises(ConnectionResetError):
        asyncio.run(blobs.put_stream_async("broken", pieces_async(broken=True)))
    with pytest.raises(BlobNotFoundError):
        blobs.get("broken")


def test_a_blob_can_be_read_as_a_file(blobs: ObjectBlobStore) -> None:
    blobs.put_stream("large", pieces())
    with blobs.local_file("large") as path:
        assert path.read_bytes() == LARGE
    assert blobs.get("large") == LARGE


def test_a_missing_blob_raises(blobs: ObjectBlobStore) -> None:
    with pytest.raises(BlobNotFoundError, match="no blob nothing"):
        blobs.get("nothing")
    with pytest.raises(BlobNotFoundError):
        blobs.open_stream("nothing")
    with pytest.raises(BlobNotFoundError), blobs.local_file("nothing"):
        pass


def test_deleting_a_prefix_keeps_its_neighbours(blobs: ObjectBlobStore) -> None:
    for number in range(30):
        blobs.put(image_key("one", f"{number:064x}"), b"image")
    blobs.put("datasets/one-more/images/x", b"neighbour")
    blobs.delete_prefix(dataset_prefix("one"))
    blobs.delete_prefix(dataset_prefix("one"))
    with pytest.raises(BlobNotFoundError):
        blobs.get(image_key("one", f"{7:064x}"))
    assert blobs.get("datasets/one-more/images/x") == b"neighbour"


def test_deleting_is_idempotent(blobs: ObjectBlobStore) -> None:
    blobs.put("a", b"data")
    blobs.delete("a")
    blobs.delete("a")
    with pytest.raises(BlobNotFoundError):
        blobs.get("a")


def test_a_key_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    with pytest.raises(Exception, match=r"\.\.|Path"):
        blobs.get("../secret")


def test_other_urls_are_refused() -> None:
    with pytest.raises(ValueError, match="MSLG_BLOB_URL"):
        open_blobs("ftp://host/folder")


def test_a_store_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    store = open_blobs((tmp_path / "store").as_uri())
    store.put("a", b"where a folder is wanted")
    for write in (
        lambda: store.put("a/b", b""),
        lambda: store.put_stream("a/b", iter([b"x"])),
        lambda: asyncio.run(store.put_stream_async("a/b", pieces_async())),
    ):
        with pytest.raises(StorageError, match="make room or repair it"):
            write()


def test_old_blobs_are_told_from_new_ones(blobs: ObjectBlobStore) -> None:
    blobs.put("a/b/c", b"")
    now = utc_now()
    assert list(blobs.old_keys("a", now + timedelta(seconds=10))) == ["a/b/c"]
    assert list(blobs.old_keys("a", now - timedelta(hours=1))) == []
    assert blobs.folders("a") == ["b"]
    assert blobs.folders("none") == []


def test_files_that_were_left_half_written_are_deleted(tmp_path: Path) -> None:
    store = open_blobs(tmp_path.as_uri())
    store.put("a/b", b"whole")
    (tmp_path / "a" / "b#1").write_bytes(b"half")
    assert store.delete_unfinished(utc_now() - timedelta(hours=1)) == 0
    assert store.delete_unfinished(utc_now() + timedelta(seconds=10)) == 1
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
