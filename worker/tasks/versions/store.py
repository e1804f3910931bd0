"""`versions.store`: stores the present state of a dataset as the table of a named version."""

import tempfile
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from mslg_core.exports.metadata_columns import MetadataColumn
from mslg_core.versions.table import Names, VersionWriter
from store.infrastructure.blobs import READ_CHUNK_BYTES, BlobStore, version_key
from store.models import Dataset, Job, Version
from store.settings import get_settings
from store.sources.image_files import open_image_files
from store.tasks import lifecycle
from store.versions.number import read_version
from worker.app import task
from worker.claims import Claim, carry_out
from worker.resources import get_blobs
from worker.tasks.deleted_datasets import deleted_with
from worker.tasks.export_rows import Source, export_images


@task("versions.store")
def run(version_id: str) -> None:
    """Store the version `version_id`."""
    carry_out(Version, version_id, store_version, title="The version cannot be stored")


def store_version(claim: Claim[Version]) -> None:
    """Write the table to a local file, then upload it."""
    blobs = get_blobs()
    with claim.reading() as session:
        row = lifecycle.get(session, Version, claim.id)
    key = version_key(row.dataset_id, row.id)
    with tempfile.TemporaryFile(prefix="mslg-") as file:
        with claim.reading() as session:
            number = read_version(session, row.dataset_id)
            source = read_source(session, row.dataset_id, row.job_id)
            num_images = write_table(claim, session, source, blobs, file)
        size = file.seek(0, 2)
        file.seek(0)
        with deleted_with(claim, row.dataset_id, blobs):
            blobs.put_stream(key, iter(lambda: file.read(READ_CHUNK_BYTES), b""))
            with claim.writing(lifecycle.Progress(num_images, num_images)) as session:
                columns = {
                    "dataset_version": number,
                    "classes": list(source.dataset.class_map.active_names),
                    "num_images": num_images,
                    "table_key": key,
                    "size_bytes": size,
                }
                lifecycle.finish(session, Version, claim.id, claim.attempt, **columns)


def read_source(session: Session, dataset_id: str, job_id: str | None) -> Source:
    """The dataset as this transaction sees it, with the results of the job, if there is one."""
    job = None if job_id is None else session.get(Job, job_id)
    return Source(session.get_one(Dataset, dataset_id), job)


def write_table(claim: Claim[Any], session: Session, source: Source, blobs: BlobStore, file: BinaryIO) -> int:
    """Write the table of the dataset's images, and report progress; return their number."""
    num_images = 0
    columns = [MetadataColumn.of(described) for described in source.dataset.metadata_columns]
    names = Names(source.dataset.class_map.active_names, source.dataset.classes, columns)
    files = open_image_files(session, get_settings(), blobs, source.dataset.id)
    with VersionWriter(file, names) as writer:
        for batch in export_images(session, source, files):
            num_images += writer.write(batch)
            claim.report(lifecycle.Progress(num_images, source.dataset.num_samples, "reading images"))
    return num_images
