"""Rows of the images that an archive holds, for both kinds of ingest."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from PIL import Image

from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.detect import ReadImage
from mslg_core.datasets.metadata_cells import MetadataCells
from store.infrastructure.blobs import BlobStore, image_key
from store.sources.files import SourceFile
from store.sources.references import to_image_key

# Images in memory at a time, stored in one transaction.
BATCH_IMAGES = 128
STORING_THREADS = 8
# Media types that differ from those of Pillow.
MEDIA_TYPES = {"MPO": "image/jpeg"}

NOTHING_STAYS: Mapping[str, SourceFile] = {}

T = TypeVar("T")


def sample_row(
    dataset_id: str,
    image: ReadImage,
    labels: dict[str, int],
    stays: Mapping[str, SourceFile] = NOTHING_STAYS,
    metadata: MetadataCells | None = None,
) -> dict[str, Any]:
    """The columns of a sample, except its position. labels: class index by name. stays: files that stay in
    the dataset's source, by their path. metadata: what numbers its columns; None: they are not kept.
    """
    digest = sha256(image.data).hexdigest()
    source = stays.get(image.sample.archive_path)
    return {
        "source_split": image.sample.source_split,
        "dataset_id": dataset_id,
        "external_id": image.sample.external_id,
        "file_name": image.sample.file_name,
        "given_label": None if image.sample.label is None else labels[image.sample.label],
        "width": image.info.width,
        "height": image.info.height,
        "byte_size": len(image.data),
        "sha256": digest,
        "media_type": _media_type(image.info.format),
        "image_key": image_key(dataset_id, digest) if source is None else to_image_key(source.path),
        "source_stamp": None if source is None else source.stamp,
        "metadata_values": None if metadata is None else metadata.values(image.sample.metadata),
    }


def store_images(
    pool: ThreadPoolExecutor, blobs: BlobStore, rows: Sequence[dict[str, Any]], images: Sequence[ReadImage]
) -> None:
    """Store the images of `rows`, in the same order, that do not stay in a source."""
    copied = [
        (row["image_key"], image.data)
        for row, image in zip(rows, images, strict=True)
        if row["source_stamp"] is None
    ]
    list(pool.map(lambda item: blobs.put(*item), copied))


def rejection_row(dataset_id: str, rejection: Rejection) -> dict[str, Any]:
    """The columns of a rejection."""
    return {
        "dataset_id": dataset_id,
        "file_name": rejection.file_name,
        "reason_code": rejection.code,
        "reason": rejection.reason,
    }


def _media_type(image_format: str) -> str:
    return MEDIA_TYPES.get(image_format) or Image.MIME.get(image_format, "application/octet-stream")


def in_batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`; the last may be shorter."""
    while batch := list(islice(items, size)):
        yield batch
