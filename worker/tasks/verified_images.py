"""Ingests verified images beside a dataset: they carry a clean label and no given one.

Images are stored by their content, and all rows are written in one transaction at the end. So an interrupted
ingest leaves no rows behind, and its next attempt gives the same result.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mslg_core.datasets.archives.archive import Archive, ArchiveLimits, Rejection
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import Layout, ReadImage, read_images, read_verified_images
from mslg_core.datasets.image_notes import ImageNotes
from mslg_core.errors import DuplicateIdError, DuplicateNameError, NoImagesError
from mslg_core.images.decode import ImageInfo
from store import models
from store.changes.log import record_change
from store.database.bulk import insert_rows
from store.infrastructure.blobs import BlobStore
from store.models import REMOVED_TOO, ChangeKind, Dataset, Ingest, Sample
from store.tasks import lifecycle
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.duplicate_groups import mark_same_files
from store.verification.verified_set import lock_dataset
from worker.claims import Claim
from worker.resources import get_blobs
from worker.tasks.deleted_datasets import deleted_with
from worker.tasks.sample_rows import (
    BATCH_IMAGES,
    STORING_THREADS,
    in_batches,
    rejection_row,
    sample_row,
    store_images,
)


class _Stored(NamedTuple):
    """What an archive holds: columns of the samples whose images are stored, their verified labels, what was
    rejected, and names and properties of the images.
    """

    samples: list[dict[str, Any]]
    labels: list[str]
    rejections: list[Rejection]
    images: list[tuple[str, ImageInfo]]


def ingest_verified_images(
    claim: Claim[Ingest], row: Ingest, limits: ArchiveLimits, notes: ImageNotes
) -> None:
    """Add the images of the archive to the dataset's verified set.

    Images that an earlier archive added are skipped. Raises what `read_verified_images` raises, and
    `NoImagesError`.
    """
    blobs = get_blobs()
    with claim.reading() as session:
        classes = session.get_one(Dataset, row.dataset_id).class_map.active_names
    with blobs.local_file(row.archive_key) as path, open_archive(path, limits) as archive:
        layout = read_verified_images(archive, classes)
        with deleted_with(claim, row.dataset_id, blobs):
            stored = _store_images(claim, row.dataset_id, archive, layout, blobs)
        for image in stored.images:
            notes.add(*image)
    with claim.writing() as session:
        _write_rows(session, row.dataset_id, stored)
        lifecycle.finish(session, Ingest, claim.id, claim.attempt, notes=notes.sentences())


def _store_images(
    claim: Claim[Ingest], dataset_id: str, archive: Archive, layout: Layout, blobs: BlobStore
) -> _Stored:
    stored, done = _Stored([], [], list(layout.rejections), []), 0
    with ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="store") as pool:
        for batch in in_batches(read_images(archive, layout), BATCH_IMAGES):
            stored.rejections.extend(item for item in batch if isinstance(item, Rejection))
            images = [item for item in batch if isinstance(item, ReadImage)]
            rows = [sample_row(dataset_id, image, {}) for image in images]
            store_images(pool, blobs, rows, images)
            stored.samples.extend(rows)
            stored.labels.extend(image.sample.verified_label or "" for image in images)
            stored.images.extend((image.sample.file_name, image.info) for image in images)
            done += len(batch)
            claim.report(lifecycle.Progress(done, len(layout.samples), "storing verified images"))
            claim.stop_if_cancelled()
    return stored


def _write_rows(session: Session, dataset_id: str, stored: _Stored) -> None:
    """Insert samples, rejections and verifications, and count them. Raises `NoImagesError`."""
    dataset = lock_dataset(session, dataset_id)
    present = _read_present(session, dataset_id)
    new: list[dict[str, Any]] = []
    labels: list[str] = []
    for row, label in zip(stored.samples, stored.labels, strict=True):
        clash = present.clash(row)
        if clash is not None:
            stored.rejections.append(clash)
        elif row["file_name"] not in present.digests:
            new.append(row)
            labels.append(label)
    if not stored.samples:
        raise NoImagesError(f"None of the verified images can be read{_first(stored.rejections)}.")
    start = (
        session.scalar(
            select(func.max(Sample.position))
            .where(Sample.dataset_id == dataset_id)
            .execution_options(**REMOVED_TOO)
        )
        or 0
    ) + 1
    positioned = [row | {"position": start + n, "separate": True} for n, row in enumerate(new)]
    insert_rows(session, Sample, positioned)
    insert_rows(session, models.Rejection, [rejection_row(dataset_id, r) for r in stored.rejections])
    mark_same_files(session, dataset_id)
    upload_verifications(session, dataset_id, _to_uploads(positioned, labels))
    dataset.num_separate += len(new)
    dataset.num_rejections += len(stored.rejections)
    if new:
        record_change(session, dataset, ChangeKind.VERIFIED_IMAGES_ADDED, {"new": len(new)})


class _Present(NamedTuple):
    """What the dataset already holds: sha256 by name of images without a given label, and all ids."""

    digests: dict[str, str]
    ids: set[str]

    def clash(self, row: dict[str, Any]) -> Rejection | None:
        """Why the image cannot be added, if it cannot."""
        name, digest = row["file_name"], self.digests.get(row["file_name"])
        if digest is None and row["external_id"] in self.ids:
            error = DuplicateIdError(f"The dataset already has an image with the id {row['external_id']!r}.")
            return Rejection.of(name, error)
        if digest not in (None, row["sha256"]):
            message = "An earlier archive of verified images has another image of this name: rename it."
            return Rejection.of(name, DuplicateNameError(message))
        return None


def _read_present(session: Session, dataset_id: str) -> _Present:
    of_dataset = Sample.dataset_id == dataset_id
    unlabelled = select(Sample.file_name, Sample.sha256).where(of_dataset, Sample.given_label.is_(None))
    ids = select(Sample.external_id).where(of_dataset, Sample.external_id.is_not(None))
    return _Present(
        dict(session.execute(unlabelled.execution_options(**REMOVED_TOO)).all()),
        {key for key in session.scalars(ids.execution_options(**REMOVED_TOO)) if key is not None},
    )


def _to_uploads(rows: Sequence[dict[str, Any]], labels: Iterable[str]) -> list[UploadRow]:
    return [
        UploadRow(line, KeyKind.FILE_NAME, row["file_name"], label)
        for line, (row, label) in enumerate(zip(rows, labels, strict=True), start=1)
    ]


def _first(rejections: Sequence[Rejection]) -> str:
    return f", for example {rejections[0].file_name}: {rejections[0].reason}" if rejections else ""
