"""`train.run`: runs a job. After each epoch it reports, saves a checkpoint and checks for cancellation."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import update

from mslg_core.configs.base import Backbone
from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.configs.plan import choose_image_size, with_backbone
from mslg_core.errors import CheckpointError
from mslg_core.features.extraction import Hooks
from mslg_core.features.image_properties import PropertyMeasurer
from mslg_core.images.sources import as_source
from mslg_core.images.training_set import TrainingSet, separate_duplicates
from mslg_core.issues.find import Issues
from mslg_core.ranking.error_budget import within_budget
from mslg_core.ranking.result import CleaningResult
from mslg_core.ranking.suspected_errors import SuspectedErrors
from mslg_core.reports import EpochReport
from mslg_core.training.checkpoint import Resumable, dump_checkpoint, load_checkpoint
from mslg_core.training.image_comparison import compare_images, find_issues_of_run
from mslg_core.training.model_selection import AutoTrainer, make_trainer
from mslg_core.training.trainer import Trainer, has_gpu
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Epoch, Job
from store.results.acceptance_policy import carry_policy
from store.results.issues import save_issues
from store.results.results import ResultRows, SuspectedError, save_results, save_suspected_errors
from store.statistics import counters
from store.tasks import lifecycle
from store.verification.verified_set import require_enough
from store.versions.number import read_version
from worker.app import task
from worker.claims import Claim, carry_out
from worker.counting import count
from worker.resources import get_blobs, get_engine
from worker.tasks.deleted_datasets import deleted_with
from worker.tasks.waiting_jobs import settle
from worker.training.checkpoints import Checkpoints, discard
from worker.training.feature_cache import DatasetFeatures
from worker.training.hand_over import HandOver
from worker.training.inputs import Inputs, as_range, find_images, open_images, read_images, read_inputs
from worker.training.issues import store_index_and_map, to_rows
from worker.training.progress import ProgressReports
from worker.training.run_classes import in_dataset_classes
from worker.training.warm_start import load_start, store_model

log = structlog.get_logger(__name__)

AnyTrainer = Trainer | AutoTrainer


@task("train.run")
def run(job_id: str) -> None:
    """Train the job `job_id`."""
    carry_out(Job, job_id, train, title="The training cannot be run")
    settle(get_engine(), job_id, utc_now())  # if the last chunk ended before the job waited for it
    _discard_if_ended(job_id)


def train(claim: Claim[Job]) -> None:
    """Load the images, train, and store the results. Resumes from the last checkpoint if there is one."""
    blobs = get_blobs()
    claim.report(lifecycle.Progress(0, None, "loading images"))
    with claim.reading() as session:
        job = lifecycle.get(session, Job, claim.id)
        dataset = session.get_one(Dataset, job.dataset_id)
    config = with_backbone(parse_config(job.config), gpu=has_gpu())
    checkpoints = Checkpoints.of(blobs, dataset.id, job.id, claim.attempt, job.checkpoint_key)
    saved = checkpoints.load()
    inputs = saved[0] if saved else _begin(claim, dataset, checkpoints)
    training_set = _training_set(claim, dataset, inputs, config, blobs)
    with deleted_with(claim, dataset.id, blobs):
        start = load_start(claim, job, blobs, inputs.dataset_classes(len(dataset.classes)))
        cache = DatasetFeatures(blobs, dataset.id)
        hand_over = HandOver(
            claim, as_source(training_set.images), dataset.value_range, checkpoints.inputs_key
        )
        hooks = Hooks(ProgressReports(claim), PropertyMeasurer(), hand_over)
        comparison = compare_images(inputs.sample_ids, training_set, config, cache, hooks)
        training_set = separate_duplicates(training_set, comparison.duplicates.group)
        if config.backbone is Backbone.TRAIN:
            training_set = training_set.decoded()
        make = partial(make_trainer, training_set, config, cache=cache, start=start, hooks=hooks)
        trainer = _resume(make, saved[1]) if saved and saved[1] else make()
        for report in trainer.run():
            _save_epoch(claim, checkpoints, trainer, report)
            claim.stop_if_cancelled()
        result, model = trainer.result(), store_model(claim, dataset.id, blobs, trainer)
        issues = find_issues_of_run(comparison, training_set, result.suggestion)
        result = in_dataset_classes(result, inputs.classes)
        keys = store_index_and_map(claim, dataset.id, blobs, inputs, comparison, result)
        found = {"issues": issues.count(), "backbone": trainer.backbone}
        result = replace(result, summary=result.summary.model_copy(update=found))
        _save_result(claim, inputs, result, issues, {"model_key": model, **keys})


def _resume(make: Callable[[], AnyTrainer], state: bytes) -> AnyTrainer:
    """A trainer that resumes from a checkpoint. If it cannot be loaded, as when another version of the worker
    wrote it, training starts over.
    """
    trainer = make()
    try:
        load_checkpoint(trainer, state)
    except CheckpointError as error:
        log.warning("not_resumed", error=str(error))
        return make()
    log.info("resumed")
    return trainer


def _begin(claim: Claim[Job], dataset: Dataset, checkpoints: Checkpoints) -> Inputs:
    """The present labels, stored for later attempts, as is their version. Raises `TooFewVerifiedError`."""
    with claim.reading() as session:
        require_enough(session, dataset)
        inputs, version = read_inputs(session, dataset), read_version(session, dataset.id)
    with claim.writing() as session:
        session.execute(update(Job).where(Job.id == claim.id).values(dataset_version=version))
    checkpoints.begin(inputs)
    return inputs


def _training_set(
    claim: Claim[Job], dataset: Dataset, inputs: Inputs, config: JobConfig, blobs: BlobStore
) -> TrainingSet:
    with claim.reading() as session:
        images = read_images(session, dataset.id, inputs.sample_ids)
        load = find_images(session, blobs, dataset.id)
    size = choose_image_size(config, images.widths, images.heights)
    return TrainingSet(
        images=open_images(load, images.contents, size, as_range(dataset.value_range)),
        given=inputs.given,
        classes=tuple(dataset.classes[index] for index in inputs.dataset_classes(len(dataset.classes))),
        meta_index=inputs.meta_index,
        meta_labels=inputs.meta_labels,
        holdout_index=inputs.holdout_index,
        holdout_labels=inputs.holdout_labels,
        known_wrong=inputs.known_wrong,
        not_random=inputs.not_random,
    )


def _save_epoch(claim: Claim[Job], checkpoints: Checkpoints, trainer: Resumable, report: EpochReport) -> None:
    """Store report, checkpoint and progress in one transaction."""
    key = checkpoints.put(report.epoch, dump_checkpoint(trainer))
    with claim.writing(lifecycle.Progress(report.epoch, report.epochs, report.phase)) as session:
        session.merge(Epoch(job_id=claim.id, epoch=report.epoch, report=report.model_dump(mode="json")))
        session.execute(update(Job).where(Job.id == claim.id).values(checkpoint_key=key))
    checkpoints.advance(key)
    count(claim.engine, counters.observe(counters.EPOCH_SECONDS, "job", report.seconds))


def _save_result(
    claim: Claim[Job], inputs: Inputs, result: CleaningResult, issues: Issues, keys: Mapping[str, str]
) -> None:
    """Store the result, what is accepted, issues, the `keys` of blobs and success in one transaction."""
    ranked = np.flatnonzero(result.rank)
    sparse = result.soft_label_classes
    rows = ResultRows(
        sample_ids=inputs.sample_ids[ranked],
        given=inputs.stored_given[ranked],
        suggested=result.suggestion[ranked],
        label_scores=result.label_score[ranked],
        ranks=result.rank[ranked],
        is_label_issue=result.is_label_issue[ranked],
        soft_labels=result.soft_labels[ranked],
        soft_label_classes=None if sparse is None else sparse[ranked],
        trajectories=result.trajectories[ranked],
        neighbours=_to_ids(inputs, result.neighbours[ranked]),
    )
    with claim.writing() as session:
        session.execute(update(Job).where(Job.id == claim.id).values(checkpoint_key=None, **keys))
        save_results(session, claim.id, claim.attempt, rows, result.summary.model_dump(mode="json"))
        carry_policy(session, session.get_one(Job, claim.id, populate_existing=True), within_budget)
        save_suspected_errors(session, claim.id, _to_suspected_errors(inputs, result.suspected_errors))
        save_issues(session, claim.id, *to_rows(inputs, issues))


def _to_ids(inputs: Inputs, neighbours: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sample ids of indices, any shape; -1, no neighbour, becomes 0."""
    return np.where(neighbours < 0, 0, inputs.sample_ids[neighbours])


def _to_suspected_errors(inputs: Inputs, suspected_errors: SuspectedErrors) -> list[SuspectedError]:
    columns = (
        inputs.sample_ids[suspected_errors.index],
        suspected_errors.settled,
        suspected_errors.suggested,
        suspected_errors.probability,
    )
    return [SuspectedError(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _discard_if_ended(job_id: str) -> None:
    """Delete the checkpoints once the row has ended. Until then, another attempt may need them."""
    with session_scope(get_engine(), read_only=True) as session:
        job = session.get(Job, job_id)
    if job is not None and job.status.ended:
        discard(get_blobs(), job.dataset_id, job_id)
