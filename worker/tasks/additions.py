"""Adds the images of an archive to a dataset that is ready, or changes those that it has already.

Images are stored by their content, and all rows are written in one transaction at the end. So an interrupted
addition leaves no rows behind, and its next attempt gives the same result.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mslg_core.configs.reading import ReadingConfig
from mslg_core.datasets.archives.archive import ArchiveLimits, Rejection
from mslg_core.datasets.detect import Layout, ReadImage, check_classes, read_dataset, read_images
from mslg_core.datasets.image_notes import ImageNotes
from mslg_core.datasets.metadata_cells import MetadataCells
from mslg_core.datasets.preview import make_preview
from mslg_core.errors import NoImagesError
from mslg_rules.names import ClassNames
from store import models
from store.changes.log import record_change
from store.database.bulk import insert_rows, update_rows
from store.infrastructure.blobs import BlobStore
from store.metadata.columns import column_names, describe_columns
from store.models import REMOVED_TOO, ChangeKind, Dataset, Ingest, OnExisting, Sample
from store.sources.files import SourceFile
from store.sources.references import to_path
from store.tasks import lifecycle
from store.verification.duplicate_groups import mark_same_files
from store.verification.verified_set import lock_dataset
from worker.claims import Claim
from worker.resources import get_blobs
from worker.sources.archives import Opened, open_ingest
from worker.sources.known import read_known, unlisted, without_known
from worker.tasks.comparison import Comparison, compare
from worker.tasks.deleted_datasets import deleted_with
from worker.tasks.sample_rows import (
    BATCH_IMAGES,
    STORING_THREADS,
    Annotations,
    in_batches,
    rejection_row,
    sample_row,
    store_images,
)

# A new class name that differs from an existing one in case or blanks only is probably the same class.
MAX_SIMILAR = 3
# New classes that the log of changes names.
MAX_NAMED = 20


@dataclass(slots=True)
class _Found:
    """What an archive holds: columns of the samples, what it says of people, and rejections. num_known:
    images that were not read, because the dataset has them just like this.
    """

    classes: Sequence[str]
    metadata: MetadataCells
    samples: list[dict[str, Any]] = field(default_factory=list)
    annotations: Annotations = field(default_factory=Annotations)
    rejections: list[Rejection] = field(default_factory=list)
    num_known: int = 0


def ingest_addition(claim: Claim[Ingest], row: Ingest, limits: ArchiveLimits, notes: ImageNotes) -> None:
    """Compare the archive with the dataset, and unless it is a dry run, store what is new or changed.

    Raises what `read_dataset` raises for an archive that may have a single class, `NoImagesError` and
    `TooManyClassesError`.
    """
    blobs = get_blobs()
    choices = ReadingConfig.model_validate(row.choices or {})
    with claim.reading() as session:
        dataset = session.get_one(Dataset, row.dataset_id)
        class_map, columns = dataset.class_map, column_names(dataset)
    with open_ingest(row, limits, choices.name_encoding) as opened:
        layout = read_dataset(opened.archive, choices, min_classes=1)
        new_classes = [name for name in layout.classes if class_map.find_stored(name) is None]
        check_classes([*class_map.names, *new_classes])
        with deleted_with(claim, row.dataset_id, blobs):
            found = _Found(layout.classes, MetadataCells(columns), rejections=list(layout.rejections))
            _read(claim, row, opened, layout, found, notes, None if row.dry_run else blobs)
        similar = _similar(class_map.active_names, new_classes)
        sentences = [*opened.archive.notes, *layout.notes, *similar, *notes.sentences()]
        sentences += found.metadata.notes()
    with claim.writing() as session:
        ingest = lifecycle.get(session, Ingest, claim.id)
        ingest.preview = make_preview(layout).model_dump()
        ingest.changes, removed = _apply(session, row, found, opened.stays)
        lifecycle.finish(session, Ingest, claim.id, claim.attempt, notes=sentences + removed)


def _read(  # noqa: PLR0913, PLR0917 - what is read, and where it goes
    claim: Claim[Ingest],
    row: Ingest,
    opened: Opened,
    layout: Layout,
    found: _Found,
    notes: ImageNotes,
    blobs: BlobStore | None,
) -> None:
    """Read and decode all images but those of a source that are known; store them if there are `blobs`.

    Labels count the archive's classes.
    """
    with claim.reading() as session:
        known = read_known(session, row.dataset_id) if opened.stays else {}
    layout, found.num_known = without_known(layout, opened.stays, known)
    labels = {name: number for number, name in enumerate(found.classes)}
    done = 0
    with ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="store") as pool:
        for batch in in_batches(read_images(opened.archive, layout), BATCH_IMAGES):
            images = [item for item in batch if isinstance(item, ReadImage)]
            rows = [
                sample_row(row.dataset_id, image, labels, opened.stays, found.metadata) for image in images
            ]
            if blobs is not None:
                store_images(pool, blobs, rows, images)
            _collect(found, batch, images, rows)
            for image in images:
                notes.add(image.sample.file_name, image.info)
            done += len(batch)
            claim.report(lifecycle.Progress(done, len(layout.samples), "reading images"))
            claim.stop_if_cancelled()


def _collect(
    found: _Found,
    batch: Sequence[ReadImage | Rejection],
    images: Sequence[ReadImage],
    rows: Sequence[dict[str, Any]],
) -> None:
    found.rejections.extend(item for item in batch if isinstance(item, Rejection))
    found.samples.extend(rows)
    for sample in (image.sample for image in images):
        found.annotations.add(sample)


def _apply(
    session: Session, row: Ingest, found: _Found, stays: Mapping[str, SourceFile]
) -> tuple[dict[str, Any], list[str]]:
    """Write what is new or changed; returns the counts, and sentences. Raises `NoImagesError`."""
    dataset = lock_dataset(session, row.dataset_id)
    if not (found.samples or found.num_known):
        first = found.rejections[0].reason if found.rejections else "it holds none"
        raise NoImagesError(f"None of the images can be read: {first}")
    new_classes = [name for name in found.classes if dataset.class_map.find_stored(name) is None]
    _number_labels(dataset, found, [*dataset.classes, *new_classes])
    comparison = compare(session, dataset, found.samples)
    if not row.dry_run:
        updated = comparison.changed if row.on_existing is OnExisting.UPDATE else []
        dataset.classes = [*dataset.classes, *new_classes]
        _write(session, dataset, updated, found, comparison)
        update_rows(session, Sample, _found_again(comparison, stays))
        if comparison.new or updated:
            details = {"file_name": row.file_name, "new": len(comparison.new), "updated": len(updated)}
            record_change(
                session, dataset, ChangeKind.IMAGES_ADDED, details | {"new_classes": new_classes[:MAX_NAMED]}
            )
    changes = {
        "new": len(comparison.new),
        "changed": len(comparison.changed),
        "same": comparison.num_same + found.num_known,
        "conflicting": len(comparison.conflicts),
        "removed": len(comparison.removed_names),
        "new_classes": new_classes,
        "examples": {kind: names[:3] for kind, names in comparison.names().items()},
    }
    return changes, _removed(comparison.removed_names)


def _removed(names: Sequence[str]) -> list[str]:
    """A sentence about images that were removed from the dataset, if there are any."""
    if not names:
        return []
    example = f"for example {names[0]!r}"
    return [
        f"{len(names):,} images were removed from the dataset and stay so, {example}: restore them there."
    ]


def _found_again(comparison: Comparison, stays: Mapping[str, SourceFile]) -> list[dict[str, Any]]:
    """Columns of unchanged images that are where they were, or were moved within the source."""
    return [
        columns
        for image_key, columns in comparison.found_again
        if image_key == columns["image_key"] or to_path(image_key) not in stays
    ]


def _write(
    session: Session, dataset: Dataset, updated: list[dict[str, Any]], found: _Found, comparison: Comparison
) -> None:
    rejections = unlisted(session, dataset.id, [*found.rejections, *comparison.conflicts])
    last = select(func.max(Sample.position)).where(Sample.dataset_id == dataset.id)
    start = session.scalar(last.execution_options(**REMOVED_TOO))
    first = 0 if start is None else start + 1
    new = [row | {"position": first + number} for number, row in enumerate(comparison.new)]
    insert_rows(session, Sample, new)
    update_rows(session, Sample, updated)
    insert_rows(session, models.Rejection, [rejection_row(dataset.id, item) for item in rejections])
    describe_columns(session, dataset, found.metadata.names)
    session.flush()
    mark_same_files(session, dataset.id)
    found.annotations.store(session, dataset.id, (row["file_name"] for row in new))
    _count(session, dataset, len(rejections))


def _count(session: Session, dataset: Dataset, num_rejections: int) -> None:
    own = select(func.count()).where(Sample.dataset_id == dataset.id, Sample.separate.is_(False))
    dataset.num_samples = session.scalar(own) or 0
    dataset.num_unlabelled = session.scalar(own.where(Sample.given_label.is_(None))) or 0
    dataset.num_rejections += num_rejections


def _number_labels(dataset: Dataset, found: _Found, classes: Sequence[str]) -> None:
    """Replace the archive's numbers of classes by the dataset's. They are known only now, under its lock:
    classes may have been added while the images were read.
    """
    numbers = {name: number for number, name in enumerate(classes)}
    of_dataset = dataset.class_map
    stored = [of_dataset.find_stored(name) for name in found.classes]
    indices = [
        numbers[name] if index is None else index for name, index in zip(found.classes, stored, strict=True)
    ]
    for row in found.samples:
        if row["given_label"] is not None:
            row["given_label"] = indices[row["given_label"]]


def _similar(present: Sequence[str], new: Sequence[str]) -> list[str]:
    """A sentence for each new class that is written almost like a present one."""
    known = ClassNames(present)
    pairs = [(name, known.suggest(name)) for name in new]
    return [f"{name!r} is a new class. {hint}" for name, hint in pairs if hint.startswith("Did you mean")][
        :MAX_SIMILAR
    ]
