"""Small datasets with images, verified sets, and jobs with results.

Each function adds to the given session; the test commits by leaving its `session_scope`.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.database.columns import utc_now
from store.infrastructure.blobs import BlobStore, image_key
from store.models import Dataset, DatasetStatus, Job, Sample, WorkStatus
from store.results.results import ResultRows, save_results
from store.tasks import lifecycle
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications

CLASSES = ("cat", "dog", "owl")
IMAGE_SIDE = 8
HISTOGRAM_BINS = 20


def make_image(seed: int, side: int = IMAGE_SIDE) -> bytes:
    """A PNG of `side` x `side` random pixels, a different one for each seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def make_archive(path: Path, num_samples: int = 12, classes: Sequence[str] = CLASSES) -> Path:
    """Write a zip with one folder per class, `cat/0000.png` and so on, the classes in turn."""
    with zipfile.ZipFile(path, "w") as archive:
        for position in range(num_samples):
            archive.writestr(_file_name(position, classes), make_image(position))
    return path


def make_dataset(
    session: Session, blobs: BlobStore, *, num_samples: int = 12, classes: Sequence[str] = CLASSES
) -> Dataset:
    """A ready dataset. Sample i has the given label i modulo C and the external id `id-i`."""
    dataset = Dataset(
        name="animals", status=DatasetStatus.READY, classes=list(classes), num_samples=num_samples
    )
    session.add(dataset)
    session.flush()
    for position in range(num_samples):
        data = make_image(position)
        digest = sha256(data).hexdigest()
        key = image_key(dataset.id, digest)
        blobs.put(key, data)
        session.add(
            Sample(
                dataset_id=dataset.id,
                position=position,
                external_id=f"id-{position}",
                file_name=_file_name(position, classes),
                given_label=position % len(classes),
                width=IMAGE_SIDE,
                height=IMAGE_SIDE,
                byte_size=len(data),
                sha256=digest,
                media_type="image/png",
                image_key=key,
            )
        )
    session.flush()
    return dataset


def get_samples(session: Session, dataset: Dataset) -> list[Sample]:
    """The dataset's samples by position, read anew."""
    statement = select(Sample).where(Sample.dataset_id == dataset.id).order_by(Sample.position)
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def verify_given(session: Session, dataset: Dataset, per_class: int = 3) -> None:
    """Upload verified labels that confirm the first `per_class` samples of each class. Three suffice for a
    job.
    """
    rows = [
        UploadRow(line, KeyKind.FILE_NAME, sample.file_name, dataset.classes[sample.given_label or 0])
        for line, sample in enumerate(get_samples(session, dataset), start=2)
        if sample.position < per_class * len(dataset.classes)
    ]
    upload_verifications(session, dataset.id, rows)


def make_job(session: Session, dataset: Dataset, config: Mapping[str, Any] | None = None) -> Job:
    """A queued job."""
    job = Job(dataset_id=dataset.id, name="first", config={"method": "mslg", **(config or {})})
    session.add(job)
    session.flush()
    return job


def start_job(job: Job) -> None:
    """Let a job be run by a worker, its first."""
    job.status, job.attempt, job.started_at = WorkStatus.RUNNING, 1, utc_now()
    job.lease_until = utc_now() + timedelta(hours=1)


def make_succeeded_job(session: Session, dataset: Dataset, *, auto_accept: bool = False) -> Job:
    """A job that succeeded: it suggests the next class for every third sample, and ranks those first."""
    job = make_job(session, dataset)
    start_job(job)
    session.flush()
    rows = make_results(get_samples(session, dataset), len(dataset.classes))
    save_results(session, job.id, 1, rows, make_summary(rows, len(dataset.classes), auto_accept=auto_accept))
    return lifecycle.get(session, Job, job.id)


def make_results(samples: Sequence[Sample], num_classes: int) -> ResultRows:
    """Results in which every third sample (position 0, 3, ...) is an issue."""
    given = np.array([sample.given_label for sample in samples])
    issue = np.array([sample.position % 3 == 0 for sample in samples])
    suggested = np.where(issue, (given + 1) % num_classes, given)
    scores = np.where(issue, 0.1, 0.9) + np.arange(len(samples)) * 1e-5
    soft_labels = np.full((len(samples), num_classes), 0.1 / max(num_classes - 1, 1), dtype=np.float32)
    soft_labels[np.arange(len(samples)), suggested] = 0.9
    return ResultRows(
        sample_ids=np.array([sample.id for sample in samples]),
        given=given,
        suggested=suggested,
        label_scores=scores.astype(np.float32),
        ranks=scores.argsort().argsort() + 1,
        is_label_issue=issue,
        soft_labels=soft_labels,
        trajectories=np.tile(np.array([[255, 0], [51, 204]], dtype=np.uint8), (len(samples), 1, 1)),
        neighbours=np.tile(np.array([[samples[0].id, 0], [samples[-1].id, 0]]), (len(samples), 1, 1)),
    )


def make_summary(rows: ResultRows, num_classes: int, *, auto_accept: bool) -> dict[str, Any]:
    """A job's summary of `rows`, as `mslg_core.reports.Summary` is serialized."""
    edges = np.linspace(0, 1, HISTOGRAM_BINS + 1)
    confusion = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(confusion, (rows.given, rows.suggested), 1)
    return {
        "num_samples": len(rows),
        "num_issues": int(rows.is_label_issue.sum()),
        "auto_accept": auto_accept,
        "auto_accept_reason": "The hold-out says so.",
        "histogram": {
            "edges": edges.tolist(),
            "counts": np.histogram(rows.label_scores, edges)[0].tolist(),
            "issue_counts": np.histogram(rows.label_scores[rows.is_label_issue], edges)[0].tolist(),
        },
        "confusion": confusion.tolist(),
        "per_class": [_class_figures(rows, label) for label in range(num_classes)],
        "holdout": {"given_accuracy": None, "suggestion_accuracy": None, "corrected_accuracy": None},
    }


def _class_figures(rows: ResultRows, label: int) -> dict[str, Any]:
    of_class = rows.given == label
    return {
        "label_class": label,
        "given": int(of_class.sum()),
        "suggested": int((rows.suggested == label).sum()),
        "issues": int(rows.is_label_issue[of_class].sum()),
        "mean_score": float(rows.label_scores[of_class].mean()) if of_class.any() else 0.0,
    }


def _file_name(position: int, classes: Sequence[str]) -> str:
    return f"{classes[position % len(classes)]}/{position:04}.png"
