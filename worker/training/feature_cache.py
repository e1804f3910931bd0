"""Caches the extracted features of a dataset's images for its next training."""

from dataclasses import dataclass

from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore, features_prefix


@dataclass(frozen=True, slots=True)
class DatasetFeatures:
    """A `mslg_core.features.cache.FeatureCache` in the blob store. Keeps only a dataset's latest features."""

    blobs: BlobStore
    dataset_id: str

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        try:
            return self.blobs.get(f"{features_prefix(self.dataset_id)}/{key}")
        except BlobNotFoundError:
            return None

    def save(self, key: str, data: bytes) -> None:
        """See `FeatureCache`. Replaces the features of other images or of another network."""
        self.blobs.delete_prefix(features_prefix(self.dataset_id))
        self.blobs.put(f"{features_prefix(self.dataset_id)}/{key}", data)
