"""Reads the images of a dataset, wherever they lie: all readers of images go through here."""

from collections.abc import Callable
from functools import cached_property, partial
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.infrastructure.blobs import BlobStore
from store.models import REMOVED_TOO, DatasetSource, Sample
from store.settings import Settings
from store.sources.errors import ImageChangedError, ImageMissingError
from store.sources.files import SourceFiles
from store.sources.opening import open_files
from store.sources.references import to_path


class ImageFiles:
    """The image files of one dataset. open_source: called once a reference is read; None without a source."""

    def __init__(self, blobs: BlobStore, open_source: Callable[[], SourceFiles] | None = None) -> None:
        self._blobs, self._open_source = blobs, open_source

    @cached_property
    def _source(self) -> SourceFiles | None:
        return None if self._open_source is None else self._open_source()

    def get(self, image_key: str, digest: str) -> bytes:
        """The image with this key and SHA-256.

        Raises `BlobNotFoundError`; of a source `ImageMissingError`, `ImageChangedError` if it is another one
        than was taken in, `SourceUnavailableError`, `SourceAddressError` and `SecretKeyError`.
        """
        path = to_path(image_key)
        if path is None:
            return self._blobs.get(image_key)
        if self._source is None:
            raise ImageMissingError(path)
        data = self._source.read(path)
        if sha256(data).hexdigest() != digest:
            raise ImageChangedError(path)
        return data

    def sign(self, image_key: str) -> str | None:
        """An address at which a browser gets the image for a few minutes; None if there is none."""
        path = to_path(image_key)
        return None if path is None or self._source is None else self._source.sign(path)


def open_image_files(session: Session, settings: Settings, blobs: BlobStore, dataset_id: str) -> ImageFiles:
    """The image files of a dataset."""
    source = session.get(DatasetSource, dataset_id)
    return ImageFiles(blobs, None if source is None else partial(open_files, settings, source))


def read_references(session: Session, dataset_id: str) -> dict[str, str]:
    """The `image_key` by SHA-256 of all images that stay in the dataset's source."""
    statement = select(Sample.sha256, Sample.image_key).where(
        Sample.dataset_id == dataset_id, Sample.source_stamp.is_not(None)
    )
    # A job that was interrupted goes on with images that were removed since.
    return dict(session.execute(statement.execution_options(**REMOVED_TOO)).all())
