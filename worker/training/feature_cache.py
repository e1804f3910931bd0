"""Keeps the features of a dataset's images for its next training."""

from collections.abc import Iterator
from dataclasses import dataclass

from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore, features_prefix

FITTED = "fitted"


@dataclass(frozen=True, slots=True)
class DatasetFeatures:
    """A `mslg_core.features.cache.FeatureCache` in the blob store, deleted with the dataset.

    Of fitted features only the latest are kept: they are valid for one set of images and one extractor. Raw
    features, which belong to single images, are kept for all extractors.
    """

    blobs: BlobStore
    dataset_id: str

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        try:
            return self.blobs.get(self._path(key))
        except BlobNotFoundError:
            return None

    def save(self, key: str, data: bytes) -> None:
        """See `FeatureCache`. Replaces all fitted features if `key` is of fitted ones."""
        if key.startswith(f"{FITTED}/"):
            self.discard(FITTED)
        self.blobs.put(self._path(key), data)

    def names(self, folder: str) -> list[str]:
        """See `FeatureCache`."""
        return list(self._names(folder))

    def discard(self, folder: str) -> None:
        """See `FeatureCache`."""
        self.blobs.delete_prefix(self._path(folder))

    def _names(self, folder: str) -> Iterator[str]:
        start = len(self._path(""))
        return (key[start:] for key in self.blobs.keys(self._path(folder)))

    def _path(self, key: str) -> str:
        return f"{features_prefix(self.dataset_id)}/{key}"
