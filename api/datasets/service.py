"""Creates, changes, deletes and lists datasets and their samples."""

import re
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.orm import Session

from api.datasets.schemas import DatasetChange, SampleFilter, SampleOrder
from api.errors import (
    ChangedMeanwhileError,
    DatasetBusyError,
    DatasetNotReadyError,
    InvalidError,
    SettingConflict,
)
from api.metadata.filters import conditions_on, read_group_column
from api.pagination import Cursor, RowNumber, Sha256
from store.accounts.access import visible_datasets
from store.accounts.members import set_member
from store.database.class_columns import is_class
from store.database.columns import new_id
from store.errors import NotFoundError, VerificationError
from store.models import (
    Dataset,
    DatasetStatus,
    Export,
    Ingest,
    IngestKind,
    Job,
    MemberRole,
    Rejection,
    Sample,
    SourceCheck,
    User,
    Version,
    VersionComparison,
    WorkStatus,
)
from store.outbox.ended import record_deleted
from store.verification.settlement import change_overlap
from store.verification.verified_set import class_index, lock_dataset

DATASETS = Cursor("datasets", datetime, str)
REJECTIONS = Cursor("rejections", RowNumber)
# The hash of an image's bytes is independent of class and position, so any first n are a random sample.
SAMPLE_ORDERS = {
    SampleOrder.POSITION: ((Sample.position,), Cursor("samples", RowNumber)),
    SampleOrder.SHUFFLED: ((Sample.sha256, Sample.id), Cursor("shuffled", Sha256, RowNumber)),
}

MAX_INGESTS = 50
LIVE = (WorkStatus.QUEUED, WorkStatus.RUNNING)


def create_dataset(
    session: Session, name: str, creator: User | None = None, dataset_id: str | None = None
) -> Dataset:
    """A new, empty dataset, which its creator manages."""
    dataset = Dataset(id=dataset_id or new_id(), name=name)
    session.add(dataset)
    session.flush()
    if creator is not None:
        set_member(session, dataset.id, creator, MemberRole.MANAGER, may_adjudicate=True)
    return dataset


def get_dataset(session: Session, dataset_id: str) -> Dataset:
    """The dataset. Raises `NotFoundError`."""
    dataset = session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFoundError("dataset", dataset_id)
    return dataset


def require_ready(dataset: Dataset) -> Dataset:
    """The dataset itself. Raises `DatasetNotReadyError` unless its archive is ingested.

    Samples appear batch by batch during an ingest, and a failed ingest leaves some behind. Classes are known
    only at the end.
    """
    if dataset.status is not DatasetStatus.READY:
        raise DatasetNotReadyError(dataset.status)
    return dataset


def list_datasets(session: Session, cursor: str | None, limit: int, user_id: str | None) -> list[Dataset]:
    """Up to `limit + 1` datasets, newest first; with `user_id`, those that the user is a member of."""
    statement = select(Dataset).order_by(Dataset.created_at.desc(), Dataset.id.desc()).limit(limit + 1)
    if user_id is not None:
        statement = statement.where(Dataset.id.in_(visible_datasets(user_id)))
    if cursor is not None:
        statement = statement.where(tuple_(Dataset.created_at, Dataset.id) < tuple_(*DATASETS.read(cursor)))
    return list(session.scalars(statement))


def change_dataset(session: Session, dataset_id: str, change: DatasetChange) -> Dataset:
    """Change how the dataset is reviewed. Raises `NotFoundError`, `ChangedMeanwhileError`."""
    dataset = lock_dataset(session, dataset_id)
    _refuse_unseen(dataset, change)
    if change.guidelines is not None:
        dataset.guidelines = change.guidelines
    if change.honeypot_rate is not None:
        dataset.honeypot_rate = change.honeypot_rate
    if change.value_range is not None:
        dataset.value_range = change.value_range
    if change.group_column is not None:
        dataset.group_column = read_group_column(dataset, change.group_column)
    if change.overlap is not None:
        change_overlap(session, dataset_id, change.overlap)
    return dataset


def _refuse_unseen(dataset: Dataset, change: DatasetChange) -> None:
    """Raise `ChangedMeanwhileError` if the change would replace a value that its author did not see."""
    seen = {} if change.seen is None else change.seen.model_dump(exclude_unset=True)
    wanted = change.model_dump(exclude={"seen"}, exclude_none=True)
    conflicts = [
        SettingConflict(name, value, getattr(dataset, name))
        for name, value in wanted.items()
        if name in seen and getattr(dataset, name) not in (seen[name], value)
    ]
    if conflicts:
        raise ChangedMeanwhileError(conflicts)


def delete_dataset(session: Session, dataset_id: str) -> None:
    """Delete all rows of the dataset. The caller deletes the blobs after the commit.

    Raises `NotFoundError`, and `DatasetBusyError` while work on it is queued or running.
    """
    dataset = lock_dataset(session, dataset_id)
    busy = live_work(session, dataset_id)
    if busy:
        raise DatasetBusyError(busy)
    record_deleted(session, dataset)
    session.delete(dataset)


def live_work(session: Session, dataset_id: str) -> list[str]:
    """The kinds of work on the dataset that are queued or running."""
    statements: dict[str, Select[str]] = {
        "ingest": select(Ingest.id).where(Ingest.dataset_id == dataset_id, Ingest.status.in_(LIVE)),
        "job": select(Job.id).where(Job.dataset_id == dataset_id, Job.status.in_(LIVE)),
        "check of the source": select(SourceCheck.id).where(
            SourceCheck.dataset_id == dataset_id, SourceCheck.status.in_(LIVE)
        ),
        "export": select(Export.id).where(Export.dataset_id == dataset_id, Export.status.in_(LIVE)),
        "version": select(Version.id).where(Version.dataset_id == dataset_id, Version.status.in_(LIVE)),
        "comparison": select(VersionComparison.id).where(
            VersionComparison.dataset_id == dataset_id, VersionComparison.status.in_(LIVE)
        ),
    }
    return [kind for kind, statement in statements.items() if session.scalar(statement.limit(1))]


def is_ingesting(session: Session, dataset_id: str) -> bool:
    """Whether an ingest of the dataset is queued or running."""
    return "ingest" in live_work(session, dataset_id)


def get_ingest(session: Session, dataset_id: str) -> Ingest:
    """The latest ingest of the dataset's archive. Raises `NotFoundError`."""
    ingests = _newest_ingests(session, dataset_id, IngestKind.DATASET, 1)
    if not ingests:
        raise NotFoundError("ingest of dataset", dataset_id)
    return ingests[0]


def list_ingests(session: Session, dataset_id: str, kind: IngestKind) -> list[Ingest]:
    """The latest ingests of a kind, newest first. Raises `NotFoundError`."""
    return _newest_ingests(session, dataset_id, kind, MAX_INGESTS)


def _newest_ingests(session: Session, dataset_id: str, kind: IngestKind, limit: int) -> list[Ingest]:
    get_dataset(session, dataset_id)
    of_kind = select(Ingest).where(Ingest.dataset_id == dataset_id, Ingest.kind == kind)
    return list(session.scalars(of_kind.order_by(Ingest.created_at.desc()).limit(limit)))


def list_rejections(session: Session, dataset_id: str, cursor: str | None, limit: int) -> list[Rejection]:
    """Up to `limit + 1` rejected files. Raises `NotFoundError`."""
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
    """The cursor of the page that starts after `sample`."""
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
        index = class_of_field(dataset, wanted.label, "label")
        conditions.append(is_class(Sample.given_label, dataset.class_map, index))
    if wanted.has_given_label is not None:
        has_label = Sample.given_label.is_not(None)
        conditions.append(has_label if wanted.has_given_label else Sample.given_label.is_(None))
    if wanted.search is not None:
        conditions.append(_is_named(wanted.search))
    return [*conditions, *conditions_on(dataset, wanted.metadata, wanted.tag)]


def _is_named(text: str) -> ColumnElement[bool]:
    """Whether the text is part of the sample's file name, or one of its ids."""
    named = or_(Sample.file_name.icontains(text, autoescape=True), Sample.external_id == text)
    is_number = re.fullmatch("[1-9][0-9]{0,17}", text) is not None
    return or_(named, Sample.id == int(text)) if is_number else named


def get_sample(session: Session, sample_id: str, *, removed_too: bool = False) -> tuple[Sample, Dataset]:
    """The sample and its dataset. Raises `NotFoundError`, `DatasetNotReadyError`."""
    sample = session.get(Sample, int(sample_id), execution_options={"removed_too": removed_too})
    if sample is None:
        raise NotFoundError("sample", sample_id)
    return sample, require_ready(get_dataset(session, sample.dataset_id))


def class_of_field(dataset: Dataset, label: str, field: str) -> int:
    """The index of the class that a request names in `field`. Raises `InvalidError` that names the field."""
    try:
        return class_index(dataset, label)
    except VerificationError as error:
        raise InvalidError.of_field(field, error.code, str(error)) from error
