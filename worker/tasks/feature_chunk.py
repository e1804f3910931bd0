"""`features.run`: extracts the features of one chunk of a job's images, while the job waits."""

from collections.abc import Iterator
from contextlib import contextmanager

from mslg_core.errors import DamagedImagesError
from mslg_core.features.extraction import Hooks
from mslg_core.features.image_properties import PropertyMeasurer
from mslg_core.images.sources import Indices
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, FeatureChunk, Job
from store.tasks import chunks, lifecycle
from worker.app import app, task
from worker.claims import CancelledError, Claim, carry_out
from worker.resources import get_blobs, get_engine
from worker.tasks.deleted_datasets import deleted_with
from worker.tasks.waiting_jobs import settle
from worker.training.feature_cache import DatasetFeatures
from worker.training.hand_over import TASK, extract_chunk
from worker.training.inputs import as_range, find_images, open_images
from worker.training.progress import ProgressReports


@task("features.run")
def run(chunk_id: str) -> None:
    """Extract the features of the chunk `chunk_id`, then have the next one sent, or wake the job."""
    if carry_out(FeatureChunk, chunk_id, extract, title="The features cannot be extracted"):
        _go_on(chunk_id)


def extract(claim: Claim[FeatureChunk]) -> None:
    """Extract the features into the dataset's cache, unless the job has ended meanwhile."""
    blobs = get_blobs()
    with claim.reading() as session:
        chunk = lifecycle.get(session, FeatureChunk, claim.id)
        job = session.get_one(Job, chunk.job_id)
        dataset = session.get_one(Dataset, job.dataset_id)
        load = find_images(session, blobs, dataset.id)
    if job.status.ended:
        raise CancelledError
    positions, contents = chunks.unpack(chunk.images)
    recipe, cache = chunk.recipe, DatasetFeatures(blobs, dataset.id)
    source = open_images(load, contents, recipe["side"], as_range(recipe["values"]))
    with deleted_with(claim, dataset.id, blobs), _named_by(positions):
        extract_chunk(recipe, source, cache, Hooks(ProgressReports(claim), PropertyMeasurer()))
    with claim.writing(lifecycle.Progress(len(positions), len(positions))) as session:
        lifecycle.finish(session, FeatureChunk, claim.id, claim.attempt)


@contextmanager
def _named_by(positions: Indices) -> Iterator[None]:
    """Name damaged images by their `positions` [n] in the dataset instead of those in the chunk."""
    try:
        yield
    except DamagedImagesError as error:
        reasons = {int(positions[index]): reason for index, reason in error.reasons.items()}
        raise DamagedImagesError(reasons) from error


def _go_on(chunk_id: str) -> None:
    with session_scope(get_engine(), read_only=True) as session:
        chunk = session.get(FeatureChunk, chunk_id)
        following = chunk and chunks.find_next(session, chunk)
    if following:
        app.send_task(TASK, args=[following])
    if chunk:
        settle(get_engine(), chunk.job_id, utc_now())
