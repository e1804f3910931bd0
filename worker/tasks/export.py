"""`export.run`: builds a file with the corrected label of every sample of a dataset."""

import tempfile
from typing import BinaryIO

from sqlalchemy.orm import Session

from mslg_core.exports.writers import WRITERS
from store.infrastructure.blobs import READ_CHUNK_BYTES, export_key
from store.models import Dataset, Export, Job
from store.settings import get_settings
from store.sources.image_files import ImageFiles, open_image_files
from store.tasks import lifecycle
from store.versions.number import read_version
from worker.app import task
from worker.claims import Claim, carry_out
from worker.resources import get_blobs
from worker.tasks.export_rows import Source, export_images


@task("export.run")
def run(export_id: str) -> None:
    """Build the export `export_id`."""
    carry_out(Export, export_id, export, title="The export cannot be built")


def export(claim: Claim[Export]) -> None:
    """Write the rows to a local file, in the order of the dataset, then upload it to the blob store."""
    blobs = get_blobs()
    with tempfile.TemporaryFile(prefix="mslg-") as file:
        with claim.reading() as session:
            version = read_version(session, lifecycle.get(session, Export, claim.id).dataset_id)
            source = _read_source(session, claim.id)
            files = open_image_files(session, get_settings(), blobs, source.dataset.id)
            num_rows = _write_rows(claim, session, source, files, file)
        size = file.seek(0, 2)
        key = export_key(source.dataset.id, claim.id)
        file.seek(0)
        blobs.put_stream(key, iter(lambda: file.read(READ_CHUNK_BYTES), b""))
    with claim.writing(lifecycle.Progress(num_rows, num_rows)) as session:
        columns = {"file_key": key, "num_rows": num_rows, "size_bytes": size, "dataset_version": version}
        lifecycle.finish(session, Export, claim.id, claim.attempt, **columns)


def _read_source(session: Session, export_id: str) -> Source:
    export = lifecycle.get(session, Export, export_id)
    job = session.get_one(Job, export.job_id)
    return Source(export, job, session.get_one(Dataset, job.dataset_id))


def _write_rows(
    claim: Claim[Export], session: Session, source: Source, files: ImageFiles, file: BinaryIO
) -> int:
    """Write all rows and report progress; return their number."""
    num_rows = num_read = 0
    with WRITERS[source.export.format](file, source.dataset.classes) as writer:
        for batch in export_images(session, source, files):
            num_rows += writer.write(batch)
            num_read += len(batch)
            claim.report(lifecycle.Progress(num_read, source.dataset.num_samples, "writing rows"))
    return num_rows
