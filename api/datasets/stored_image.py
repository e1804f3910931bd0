"""The image of a sample, wherever it lies."""

from collections.abc import Callable
from typing import NamedTuple

from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore, thumbnail_key
from store.models import Dataset, Sample
from store.sources.image_files import ImageFiles
from store.sources.references import to_path

# An image file and its media type.
Encoded = tuple[bytes, str]


class StoredImage(NamedTuple):
    """A sample's image. files: those of its dataset; blobs: where its thumbnails are kept."""

    sample: Sample
    dataset: Dataset
    files: ImageFiles
    blobs: BlobStore

    def read(self) -> bytes:
        """The image file. Raises what `ImageFiles.get` raises."""
        return self.files.get(self.sample.image_key, self.sample.sha256)

    def address(self) -> str | None:
        """Where a browser reads it instead, if that is chosen."""
        return self.files.sign(self.sample.image_key)

    def thumbnail(self, name: str, make: Callable[[], Encoded]) -> Encoded:
        """The thumbnail of this name. Of an image in a source it is kept, which saves reading the source."""
        if to_path(self.sample.image_key) is None:
            return make()
        key = thumbnail_key(self.dataset.id, name)
        try:
            media_type, _, data = self.blobs.get(key).partition(b"\n")
            return data, media_type.decode()
        except BlobNotFoundError:
            data, made_type = make()
            self.blobs.put(key, made_type.encode() + b"\n" + data)
            return data, made_type
