"""`export.run`: builds a file with the corrected label of every sample of a dataset, as it is or as a named
version has it.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from sqlalchemy.orm import Session

from mslg_core.exports.image import ExportImage, without
from mslg_core.exports.metadata_columns import MetadataColumn
from mslg_core.exports.writers import open_export
from mslg_core.versions.table import read_names
from mslg_rules.leave_out import LeaveOut
from mslg_rules.omit import ExportPart
from store.infrastructure.blobs import READ_CHUNK_BYTES, BlobStore, export_key
from store.models import Dataset, Export, Job, Version
from store.settings import get_settings
from store.sources.image_files import open_image_files
from store.tasks import lifecycle
from store.versions.number import read_version
from worker.app import task
from worker.claims import Claim, carry_out
from worker.resources import get_blobs
from worker.tasks.export_rows import Source, export_images
from worker.tasks.versions.images import stored_table, version_images


class Contents(NamedTuple):
    """What a file is built from: a version of the dataset, its classes, images in batches, and which columns
    of metadata they have.
    """

    dataset_version: str | None
    classes: Sequence[str]
    num_images: int
    batches: Iterator[list[ExportImage]]
    columns: Sequence[MetadataColumn] = ()


@task("export.run")
def run(export_id: str) -> None:
    """Build the export `export_id`."""
    carry_out(Export, export_id, export, title="The export cannot be built")


def export(claim: Claim[Export]) -> None:
    """Write the rows to a local file, in the order of the dataset, then upload it to the blob store."""
    blobs = get_blobs()
    with tempfile.TemporaryFile(prefix="mslg-") as file:
        with claim.reading() as session:
            row = lifecycle.get(session, Export, claim.id)
            with _contents(session, row, blobs) as contents:
                num_rows = _write_rows(claim, row, contents, file)
        size = file.seek(0, 2)
        key = export_key(row.dataset_id, claim.id)
        file.seek(0)
        blobs.put_stream(key, iter(lambda: file.read(READ_CHUNK_BYTES), b""))
    with claim.writing(lifecycle.Progress(num_rows, num_rows)) as session:
        columns = {"file_key": key, "num_rows": num_rows, "size_bytes": size}
        version = contents.dataset_version
        lifecycle.finish(session, Export, claim.id, claim.attempt, dataset_version=version, **columns)


@contextmanager
def _contents(session: Session, row: Export, blobs: BlobStore) -> Iterator[Contents]:
    """The present state as this transaction sees it, or the named version."""
    leave_out = [LeaveOut(name) for name in row.leave_out]
    files = open_image_files(session, get_settings(), blobs, row.dataset_id)
    if row.version_id is None:
        dataset = session.get_one(Dataset, row.dataset_id)
        source = Source(dataset, session.get_one(Job, row.job_id), leave_out)
        number, batches = read_version(session, dataset.id), export_images(session, source, files)
        columns = [MetadataColumn.of(described) for described in dataset.metadata_columns]
        yield Contents(number, dataset.class_map.active_names, dataset.num_samples, batches, columns)
        return
    version = session.get_one(Version, row.version_id)
    with stored_table(blobs, version) as table:
        batches = version_images(files, table, leave_out)
        names, num_images = read_names(table), version.num_images or 0
        yield Contents(version.dataset_version, names.classes, num_images, batches, names.columns)


def _write_rows(claim: Claim[Export], row: Export, contents: Contents, file: BinaryIO) -> int:
    """Write all rows and report progress; return their number."""
    num_rows = num_read = 0
    omitted = [ExportPart(name) for name in row.omit]
    columns = () if ExportPart.METADATA in omitted else contents.columns
    with open_export(row.format, file, contents.classes, columns) as writer:
        for batch in contents.batches:
            num_rows += writer.write([without(image, omitted) for image in batch])
            num_read += len(batch)
            claim.report(lifecycle.Progress(num_read, contents.num_images, "writing rows"))
    return num_rows
