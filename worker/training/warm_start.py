"""Stores the trained model of a job, and loads it for a job that starts from it."""

from collections.abc import Sequence

import structlog

from mslg_core.errors import CheckpointError
from mslg_core.training.model_selection import AutoTrainer
from mslg_core.training.trainer import Trainer
from mslg_core.training.warm_start import Start, StartingPoint
from store.errors import BlobNotFoundError
from store.infrastructure.blobs import BlobStore, model_key
from store.models import Job
from worker.claims import Claim

log = structlog.get_logger(__name__)

OTHER_CLASSES = "The classes have changed since the job to start from. This job started from random weights."
NO_MODEL = "The job to start from has kept no model. This job started from random weights."


def load_start(claim: Claim[Job], job: Job, blobs: BlobStore, classes: Sequence[int]) -> Start:
    """The model of the job's parent. Without a parent, or with a damaged model or one of other `classes`, the
    job starts from random weights.
    """
    if job.parent_id is None:
        return Start()
    with claim.reading() as session:
        parent = session.get(Job, job.parent_id)
    if parent is None or parent.model_key is None:
        return Start(note=NO_MODEL)
    figures = (parent.summary or {}).get("per_class", [])
    if [one["label_class"] for one in figures] != list(classes):
        return Start(note=OTHER_CLASSES)
    try:
        return Start(StartingPoint.from_bytes(blobs.get(parent.model_key)))
    except (BlobNotFoundError, CheckpointError) as error:
        log.warning("no_model_to_start_from", parent=parent.id, error=str(error))
        return Start(note=NO_MODEL)


def store_model(claim: Claim[Job], dataset_id: str, blobs: BlobStore, trainer: Trainer | AutoTrainer) -> str:
    """Store the trainer's model; return the key for the row.

    The key is the attempt's own, so a superseded attempt cannot overwrite what the row points to.
    """
    key = model_key(dataset_id, claim.id, claim.attempt)
    blobs.put(key, trainer.starting_point().to_bytes())
    return key
