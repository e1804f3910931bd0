"""Rows of the images that an archive holds, for both kinds of ingest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy.orm import Session

from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.detect import ReadImage
from mslg_core.datasets.detect import Sample as ImageSample
from mslg_core.datasets.metadata_cells import MetadataCells
from store.infrastructure.blobs import BlobStore, image_key
from store.metadata.tags import add_tags_by_name
from store.sources.files import SourceFile
from store.sources.references import to_image_key
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications

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


@dataclass(slots=True)
class Annotations:
    """What an archive brings of people's work, by file name: decisions and tags."""

    decisions: dict[str, UploadRow] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, sample: ImageSample) -> None:
        """Remember those of one sample."""
        name = sample.file_name
        if sample.is_decided:
            line, label = len(self.decisions), sample.verified_label
            row = UploadRow(line, KeyKind.FILE_NAME, name, label, sample.selection, sample.open_verdict)
            self.decisions[name] = row._replace(reviewers=sample.reviewers)
        if sample.tags:
            self.tags[name] = sample.tags

    def store(self, session: Session, dataset_id: str, names: Iterable[str]) -> None:
        """Store those of samples that are new. Call it under the dataset's lock."""
        new = list(names)
        decisions = [self.decisions[name] for name in new if name in self.decisions]
        upload_verifications(session, dataset_id, decisions)
        add_tags_by_name(session, dataset_id, {name: self.tags[name] for name in new if name in self.tags})


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
