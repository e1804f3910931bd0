"""Cleans up after a task whose dataset was deleted while it ran."""

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
    """Delete the blobs that the block wrote, if the dataset was deleted meanwhile."""
    try:
        yield
    except SupersededError:
        with claim.reading() as session:
            gone = session.get(Dataset, dataset_id) is None
        if gone:
            blobs.delete_prefix(dataset_prefix(dataset_id))
        raise
