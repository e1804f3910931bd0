"""Decides about datasets and their samples."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from api.datasets.schemas import DatasetChange, SampleFilter, SampleOrder
from api.errors import DatasetBusyError, FieldError, InvalidError
from api.pagination import Cursor, RowNumber, Sha256
from store.errors import NotFoundError
from store.models import Dataset, Export, Ingest, Job, Rejection, Sample, WorkStatus
from store.verification.settlement import change_overlap
from store.verification.verified_set import lock_dataset

DATASETS = Cursor("datasets", datetime, str)
REJECTIONS = Cursor("rejections", RowNumber)
# The hash of an image's bytes knows nothing of its class or place: in its order, any first n are a fair draw.
SAMPLE_ORDERS = {
    SampleOrder.POSITION: ((Sample.position,), Cursor("samples", RowNumber)),
    SampleOrder.SHUFFLED: ((Sample.sha256, Sample.id), Cursor("shuffled", Sha256, RowNumber)),
}

LIVE = (WorkStatus.QUEUED, WorkStatus.RUNNING)


def create_dataset(session: Session, name: str) -> Dataset:
    """A new, empty dataset."""
    dataset = Dataset(name=name)
    session.add(dataset)
    session.flush()
    return dataset


def get_dataset(session: Session, dataset_id: str) -> Dataset:
    """The dataset. Raises `NotFoundError`."""
    dataset = session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFoundError("dataset", dataset_id)
    return dataset


def list_datasets(session: Session, cursor: str | None, limit: int) -> list[Dataset]:
    """Up to `limit + 1` datasets, newest first."""
    statement = select(Dataset).order_by(Dataset.created_at.desc(), Dataset.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(tuple_(Dataset.created_at, Dataset.id) < tuple_(*DATASETS.read(cursor)))
    return list(session.scalars(statement))


def change_dataset(session: Session, dataset_id: str, change: DatasetChange) -> Dataset:
    """Change how the dataset is reviewed. Raises `NotFoundError`."""
    dataset = lock_dataset(session, dataset_id)
    if change.guidelines is not None:
        dataset.guidelines = change.guidelines
    if change.honeypot_rate is not None:
        dataset.honeypot_rate = change.honeypot_rate
    if change.overlap is not None:
        change_overlap(session, dataset_id, change.overlap)
    return dataset


def delete_dataset(session: Session, dataset_id: str) -> None:
    """Delete the dataset's rows, all of them; the caller deletes the blobs once that is committed.

    Raises `NotFoundError`, and `DatasetBusyError` while a worker has or may take up work on it.
    """
    dataset = lock_dataset(session, dataset_id)
    busy = live_work(session, dataset_id)
    if busy:
        raise DatasetBusyError(busy)
    session.delete(dataset)


def live_work(session: Session, dataset_id: str) -> list[str]:
    """The kinds of work on the dataset that are queued or running."""
    statements: dict[str, Select[str]] = {
        "ingest": select(Ingest.id).where(Ingest.dataset_id == dataset_id, Ingest.status.in_(LIVE)),
        "job": select(Job.id).where(Job.dataset_id == dataset_id, Job.status.in_(LIVE)),
        "export": select(Export.id)
        .join(Job, Job.id == Export.job_id)
        .where(Job.dataset_id == dataset_id, Export.status.in_(LIVE)),
    }
    return [kind for kind, statement in statements.items() if session.scalar(statement.limit(1))]


def get_ingest(session: Session, dataset_id: str) -> Ingest:
    """The dataset's newest ingest. Raises `NotFoundError`."""
    get_dataset(session, dataset_id)
    newest = select(Ingest).where(Ingest.dataset_id == dataset_id).order_by(Ingest.created_at.desc()).limit(1)
    ingest = session.scalar(newest)
    if ingest is None:
        raise NotFoundError("ingest of dataset", dataset_id)
    return ingest


def list_rejections(session: Session, dataset_id: str, cursor: str | None, limit: int) -> list[Rejection]:
    """Up to `limit + 1` refused files."""
    get_dataset(session, dataset_id)
    statement = select(Rejection).where(Rejection.dataset_id == dataset_id).order_by(Rejection.id)
    if cursor is not None:
        statement = statement.where(Rejection.id > REJECTIONS.read(cursor)[0])
    return list(session.scalars(statement.limit(limit + 1)))


def list_samples(
    session: Session, dataset: Dataset, wanted: SampleFilter, cursor: str | None, limit: int
) -> list[Sample]:
    """Up to `limit + 1` samples. Raises `InvalidError` for an unknown class."""
    statement = select(Sample).where(Sample.dataset_id == dataset.id, *_conditions(dataset, wanted))
    keys, page = SAMPLE_ORDERS[wanted.order]
    if cursor is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*page.read(cursor)))
    return list(session.scalars(statement.order_by(*keys).limit(limit + 1)))


def sample_cursor(sample: Sample, order: SampleOrder) -> str:
    """The cursor of the page that begins after `sample`."""
    keys, page = SAMPLE_ORDERS[order]
    return page.write(*(getattr(sample, key.key) for key in keys))


def _conditions(dataset: Dataset, wanted: SampleFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.verdict is not None:
        conditions.append(Sample.verdict == wanted.verdict)
    if wanted.reviewed is not None:
        conditions.append(Sample.verdict.is_not(None) if wanted.reviewed else Sample.verdict.is_(None))
    if wanted.split is not None:
        conditions.append(Sample.split == wanted.split)
    if wanted.label is not None:
        conditions.append(Sample.given_label == class_index(dataset, wanted.label, "label"))
    return conditions


def get_sample(session: Session, sample_id: str) -> tuple[Sample, Dataset]:
    """The sample and its dataset. Raises `NotFoundError`."""
    sample = session.get(Sample, int(sample_id))
    if sample is None:
        raise NotFoundError("sample", sample_id)
    return sample, get_dataset(session, sample.dataset_id)


def class_index(dataset: Dataset, label: str, field: str) -> int:
    """The index of a class name. Raises `InvalidError` that names the request's `field`."""
    try:
        return dataset.classes.index(label)
    except ValueError:
        message = f"The dataset has no class {label!r}."
        raise InvalidError("unknown_class", message, [FieldError(field, "unknown_class", message)]) from None
