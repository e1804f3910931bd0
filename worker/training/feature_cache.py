"""Features of a dataset's images, kept for its next training."""

from dataclasses import dataclass

from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore, features_prefix


@dataclass(frozen=True, slots=True)
class DatasetFeatures:
    """A `mslg_core.features.cache.FeatureCache` in the blob store: a dataset's last features only."""

    blobs: BlobStore
    dataset_id: str

    def load(self, key: str) -> bytes | None:
        """See `FeatureCache`."""
        try:
            return self.blobs.get(f"{features_prefix(self.dataset_id)}/{key}")
        except BlobNotFoundError:
            return None

    def save(self, key: str, data: bytes) -> None:
        """See `FeatureCache`. What was there before belongs to other images or another network."""
        self.blobs.delete_prefix(features_prefix(self.dataset_id))
        self.blobs.put(f"{features_prefix(self.dataset_id)}/{key}", data)
