"""A dataset may be deleted while somebody works on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from store.errors import SupersededError
from store.infrastructure.blobs import BlobStore, dataset_prefix
from store.models import Dataset, Work
from worker.claims import Claim

W = TypeVar("W", bound=Work)


@contextmanager
def deleted_with(claim: Claim[W], dataset_id: str, blobs: BlobStore) -> Iterator[None]:
    """Let the blobs that the block has written go when the dataset went before they were there."""
    try:
        yield
    except SupersededError:
        with claim.reading() as session:
            gone = session.get(Dataset, dataset_id) is None
        if gone:
            blobs.delete_prefix(dataset_prefix(dataset_id))
        raise
