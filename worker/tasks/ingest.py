"""`ingest.run`: turns an uploaded archive into the samples of a dataset.

Each attempt first deletes the rows of earlier ones, and images are stored by their content. So the result is
that of one pass over the archive, however often the task is interrupted.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from mslg_core.configs.reading import ReadingConfig
from mslg_core.datasets.archives.archive import ArchiveLimits, Rejection
from mslg_core.datasets.detect import Layout, ReadImage, check_classes, read_dataset, read_images
from mslg_core.datasets.image_notes import ImageNotes
from mslg_core.datasets.metadata_cells import MetadataCells
from mslg_core.datasets.preview import make_preview
from mslg_core.datasets.refusals import count_refusals, explain
from mslg_core.datasets.report import Preview
from mslg_core.errors import NoImagesError, OneClassError
from mslg_core.images.value_range import ValueRange
from store import models
from store.changes.log import record_change
from store.database.bulk import insert_rows
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.metadata.columns import describe_columns
from store.models import ChangeKind, Dataset, DatasetStatus, Ingest, IngestKind, Sample, WorkStatus
from store.settings import Settings, get_settings
from store.sources.references import ARCHIVE
from store.tasks import lifecycle
from store.verification.duplicate_groups import mark_same_files
from store.verification.verified_set import lock_dataset
from worker.app import task
from worker.claims import Claim, carry_out
from worker.resources import get_blobs, get_engine
from worker.sources.archives import Opened, open_ingest
from worker.tasks.additions import ingest_addition
from worker.tasks.deleted_datasets import deleted_with
from worker.tasks.failed_ingests import fail_datasets_of
from worker.tasks.sample_rows import (
    BATCH_IMAGES,
    STORING_THREADS,
    Annotations,
    in_batches,
    rejection_row,
    sample_row,
    store_images,
)
from worker.tasks.verified_images import ingest_verified_images
from worker.training.inputs import as_range

# Class indices replaced by one statement.
MAX_CASES = 200


ADDING = {
    IngestKind.VERIFIED_IMAGES: ingest_verified_images,
    IngestKind.ADDITION: ingest_addition,
}


@task("ingest.run")
def run(ingest_id: str) -> None:
    """Ingest the archive of the ingest `ingest_id`."""
    carry_out(
        Ingest,
        ingest_id,
        ingest,
        title="The archive cannot be taken in",
        on_failure=lambda session, failed_id: fail_datasets_of(session, [failed_id]),
    )
    _delete_archive_if_ended(ingest_id)


def ingest(claim: Claim[Ingest]) -> None:
    """Read the archive twice: first names and labels, then the images."""
    blobs = get_blobs()
    with claim.writing(lifecycle.Progress(0, None, "reading the archive")) as session:
        row = lifecycle.get(session, Ingest, claim.id)
        if row.kind is IngestKind.DATASET:
            _start_over(session, row.dataset_id)
        notes = ImageNotes(as_range(session.get_one(Dataset, row.dataset_id).value_range))
    limits = archive_limits(get_settings())
    if row.kind is not IngestKind.DATASET:
        ADDING[row.kind](claim, row, limits, notes)
        return
    choices = ReadingConfig.model_validate(row.choices or {})
    with open_ingest(row, limits, choices.name_encoding) as opened:
        layout = read_dataset(opened.archive, choices)
        _store_preview(claim, make_preview(layout))
        if row.dry_run:
            _end_dry_run(claim, row.dataset_id)
            return
        _store_rejections(claim, row.dataset_id, layout.rejections)
        with deleted_with(claim, row.dataset_id, blobs):
            metadata = MetadataCells()
            annotations = _store_images(claim, row.dataset_id, opened, layout, blobs, notes, metadata)
    with claim.writing() as session:
        _complete(session, row.dataset_id, layout.classes, annotations, notes.values)
        mark_same_files(session, row.dataset_id)
        annotations.store(session, row.dataset_id, {*annotations.decisions, *annotations.tags})
        dataset = lock_dataset(session, row.dataset_id)
        describe_columns(session, dataset, metadata.names)
        details = {"file_name": row.file_name, "images": dataset.num_samples, "classes": len(dataset.classes)}
        record_change(session, dataset, ChangeKind.CREATED, details)
        notes_of_all = [*opened.archive.notes, *layout.notes, *notes.sentences(), *metadata.notes()]
        lifecycle.finish(session, Ingest, claim.id, claim.attempt, notes=notes_of_all)


def _store_preview(claim: Claim[Ingest], preview: Preview) -> None:
    with claim.writing() as session:
        lifecycle.get(session, Ingest, claim.id).preview = preview.model_dump()


def _end_dry_run(claim: Claim[Ingest], dataset_id: str) -> None:
    """Leave the dataset empty; its archive waits for the ingest that follows."""
    with claim.writing() as session:
        session.execute(update(Dataset).where(Dataset.id == dataset_id).values(status=DatasetStatus.EMPTY))
        lifecycle.finish(session, Ingest, claim.id, claim.attempt)


def archive_limits(settings: Settings) -> ArchiveLimits:
    """The limits of what an upload may unpack to."""
    return ArchiveLimits(
        entries=settings.max_archive_entries,
        total_bytes=settings.max_unpacked_bytes,
        ratio=settings.max_compression_ratio,
        file_bytes=settings.max_image_bytes,
    )


def _start_over(session: Session, dataset_id: str) -> None:
    for model in (Sample, models.Rejection):
        session.execute(delete(model).where(model.dataset_id == dataset_id))


def _store_rejections(claim: Claim[Ingest], dataset_id: str, rejections: Iterable[Rejection]) -> None:
    with claim.writing() as session:
        insert_rows(session, models.Rejection, [rejection_row(dataset_id, r) for r in rejections])


def _store_images(  # noqa: PLR0913, PLR0917 - what is read, and where it goes
    claim: Claim[Ingest],
    dataset_id: str,
    opened: Opened,
    layout: Layout,
    blobs: BlobStore,
    notes: ImageNotes,
    metadata: MetadataCells,
) -> Annotations:
    """Store all images, one transaction per batch. Those that do not stay where they are become blobs, before
    the rows that name them. Returns what the archive says of the readable images.
    """
    annotations = Annotations()
    labels = {name: index for index, name in enumerate(layout.classes)}
    position = done = 0
    with ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="store") as pool:
        for batch in in_batches(read_images(opened.archive, layout), BATCH_IMAGES):
            images = [item for item in batch if isinstance(item, ReadImage)]
            refused = [rejection_row(dataset_id, item) for item in batch if isinstance(item, Rejection)]
            for image in images:
                notes.add(image.sample.file_name, image.info)
                annotations.add(image.sample)
            rows = [sample_row(dataset_id, image, labels, opened.stays, metadata) for image in images]
            store_images(pool, blobs, rows, images)
            rows = [row | {"position": index} for index, row in enumerate(rows, start=position)]
            done, position = done + len(batch), position + len(rows)
            progress = lifecycle.Progress(done, len(layout.samples), "storing images")
            with claim.writing(progress) as session:
                insert_rows(session, Sample, rows)
                insert_rows(session, models.Rejection, refused)
            claim.stop_if_cancelled()
    return annotations


def _complete(
    session: Session,
    dataset_id: str,
    classes: tuple[str, ...],
    annotations: Annotations,
    values: ValueRange | None,
) -> None:
    """Make the dataset ready, with the classes that are a given or verified label of some image.

    Raises `NoImagesError`, `OneClassError`.
    """
    counts = _count_labels(session, dataset_id)
    settled = {row.label for row in annotations.decisions.values()}
    used = {classes[index] for index in counts if index is not None} | settled
    try:
        if not counts:
            raise NoImagesError("None of the images can be read.")
        kept = check_classes(name for name in classes if name in used)
    except (NoImagesError, OneClassError) as error:
        raise explain(error, count_refusals(_rejections(session, dataset_id))) from error
    if kept != classes:
        numbers = {name: number for number, name in enumerate(classes)}
        _renumber_labels(session, dataset_id, {numbers[name]: i for i, name in enumerate(kept)})
    num_rejections = session.scalar(select(func.count()).where(models.Rejection.dataset_id == dataset_id))
    session.execute(
        update(Dataset)
        .where(Dataset.id == dataset_id)
        .values(
            status=DatasetStatus.READY,
            classes=list(kept),
            num_samples=sum(counts.values()),
            num_unlabelled=counts.get(None, 0),
            num_rejections=num_rejections,
            value_range=values and list(values),
        )
    )


def _rejections(session: Session, dataset_id: str) -> Iterator[Rejection]:
    """What was left out so far."""
    statement = select(models.Rejection).where(models.Rejection.dataset_id == dataset_id)
    for row in session.scalars(statement.order_by(models.Rejection.id)):
        yield Rejection(row.file_name, row.reason_code, row.reason)


def _count_labels(session: Session, dataset_id: str) -> dict[int | None, int]:
    """Number of samples by given label; None for those without one."""
    statement = (
        select(Sample.given_label, func.count())
        .where(Sample.dataset_id == dataset_id)
        .group_by(Sample.given_label)
    )
    return dict(session.execute(statement).all())


def _renumber_labels(session: Session, dataset_id: str, indices: dict[int, int]) -> None:
    """Replace class indices, old index -> new index, which is never larger.

    In increasing order, so that no new index is mistaken for an old one; in parts, because databases limit
    the size of an expression.
    """
    moved = sorted((old, new) for old, new in indices.items() if old != new)
    for start in range(0, len(moved), MAX_CASES):
        part = dict(moved[start : start + MAX_CASES])
        session.execute(
            update(Sample)
            .where(Sample.dataset_id == dataset_id, Sample.given_label.in_(part))
            .values(given_label=case(part, value=Sample.given_label))
        )


def _delete_archive_if_ended(ingest_id: str) -> None:
    """Delete the archive once the row has ended. Until then, another attempt may need it, and after a dry run
    the ingest that follows.
    """
    with session_scope(get_engine(), read_only=True) as session:
        row = session.get(Ingest, ingest_id)
        is_kept = row is not None and row.dry_run and _is_checked(session, row)
    if row is not None and row.status.ended and not is_kept and row.archive_key != ARCHIVE:
        get_blobs().delete(row.archive_key)


def _is_checked(session: Session, row: Ingest) -> bool:
    """Whether a dry run has read the archive, even if the present one failed with other choices."""
    statement = select(Ingest.id).where(
        Ingest.dataset_id == row.dataset_id,
        Ingest.archive_key == row.archive_key,
        Ingest.dry_run,
        Ingest.status == WorkStatus.SUCCEEDED,
    )
    return session.scalar(statement.limit(1)) is not None
