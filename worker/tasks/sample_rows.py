"""Rows of the images that an archive holds, for both kinds of ingest."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from PIL import Image

from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.detect import ReadImage
from mslg_core.datasets.metadata_cells import MetadataCells
from store.infrastructure.blobs import image_key

# Images in memory at a time, stored in one transaction.
BATCH_IMAGES = 128
STORING_THREADS = 8
# Media types that differ from those of Pillow.
MEDIA_TYPES = {"MPO": "image/jpeg"}

T = TypeVar("T")


def sample_row(
    dataset_id: str, image: ReadImage, labels: dict[str, int], metadata: MetadataCells | None = None
) -> dict[str, Any]:
    """The columns of a sample, except its position. labels: class index by name. metadata: what
    numbers its columns; None: they are not kept.
    """
    digest = sha256(image.data).hexdigest()
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
        "image_key": image_key(dataset_id, digest),
        "metadata_values": None if metadata is None else metadata.values(image.sample.metadata),
    }


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
