"""Conformance tests of partial blobs: a growing file, and parts in a bucket."""

import pytest

from store.errors import BlobNotFoundError
from store.infrastructure.blobs import ObjectBlobStore
from store.infrastructure.partial_blobs import LocalPartials, PartialBlobs, open_partials


@pytest.fixture
def partials(blob_url: str, blobs: ObjectBlobStore) -> PartialBlobs:
    """The partial blobs of either store."""
    return open_partials(blob_url, blobs)


def test_parts_become_one_blob(partials: PartialBlobs, blobs: ObjectBlobStore) -> None:
    assert partials.size("a") == 0
    assert partials.head("a", 4) == b""
    partials.append("a", 0, b"one")
    partials.append("a", 3, b" two")
    partials.append("b", 0, b"other")
    assert partials.size("a") == 7
    assert partials.head("a", 5) == b"one t"
    assert partials.head("a", 50) == b"one two"
    for _ in range(2):  # as after a failure between this and the commit
        partials.complete("a", "archives/a", lambda: None)
        assert blobs.get("archives/a") == b"one two"
    partials.delete("a")
    assert partials.size("a") == 0
    assert blobs.get("archives/a") == b"one two"
    assert partials.size("b") == 5


def test_what_was_deleted_does_not_come_back(partials: PartialBlobs) -> None:
    partials.append("a", 0, b"one")
    partials.delete("a")
    partials.delete("a")
    if isinstance(partials, LocalPartials):
        with pytest.raises(BlobNotFoundError):
            partials.append("a", 3, b" two")
    else:
        partials.append("a", 3, b" two")  # without what came before, it does not count
    assert partials.size("a") == 0
    assert partials.head("a", 9) == b""


def test_joining_reports_that_it_goes_on(partials: PartialBlobs) -> None:
    calls: list[None] = []
    partials.append("a", 0, b"one")
    partials.append("a", 3, b"two")
    partials.complete("a", "archives/a", lambda: calls.append(None))
    assert len(calls) == (0 if isinstance(partials, LocalPartials) else 2)
