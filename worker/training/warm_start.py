"""Stores the model of a job when it ends, and loads it for a job that starts from it."""

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

NO_MODEL = "The job to start from has kept no model. This job started from random weights."


def load_start(claim: Claim[Job], job: Job, blobs: BlobStore) -> Start:
    """The model of the job's parent. Without a parent, or with a damaged model, the job starts from random
    weights.
    """
    if job.parent_id is None:
        return Start()
    with claim.reading() as session:
        parent = session.get(Job, job.parent_id)
    if parent is None or parent.model_key is None:
        return Start(note=NO_MODEL)
    try:
        return Start(StartingPoint.from_bytes(blobs.get(parent.model_key)))
    except (BlobNotFoundError, CheckpointError) as error:
        log.warning("no_model_to_start_from", parent=parent.id, error=str(error))
        return Start(note=NO_MODEL)


def keep_model(claim: Claim[Job], dataset_id: str, blobs: BlobStore, trainer: Trainer | AutoTrainer) -> str:
    """Store what the trainer has learned; return the key that the row has to name.

    The name is the attempt's own: one that was superseded cannot spoil what the row points to.
    """
    key = model_key(dataset_id, claim.id, claim.attempt)
    blobs.put(key, trainer.starting_point().to_bytes())
    return key
