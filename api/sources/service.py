"""Creates, reads and checks sources of datasets."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.datasets.ingest_schemas import IngestCreate
from api.datasets.service import get_dataset, require_ready
from api.datasets.uploads import REFUSALS, queue_ingest
from api.deps import Services
from api.errors import DatasetBusyError
from api.sources import schemas
from api.sources.schemas import Source, SourceAddition, SourceChange, SourceCreate, SourceState
from store.database.columns import new_id
from store.models import (
    DatasetSource,
    Ingest,
    IngestKind,
    OnExisting,
    Sample,
    SourceCheck,
    SourceKind,
    SourceProblem,
    WorkStatus,
)
from store.settings import Settings
from store.sources.buckets import Credentials
from store.sources.errors import NoSourceError
from store.sources.folders import Subfolder, open_folder
from store.sources.opening import encrypt, kind_of, open_files
from store.sources.references import ARCHIVE
from store.verification.verified_set import lock_dataset

LIVE = (WorkStatus.QUEUED, WorkStatus.RUNNING)


def list_subfolders(settings: Settings, root: str, path: str) -> list[Subfolder]:
    """The folders to choose. Raises `SourceAddressError`, `SourceUnavailableError`."""
    return open_folder(settings.source_roots, f"folder:{root}/{path}").subfolders()


def set_source(
    session: Session, services: Services, dataset_id: str, body: SourceCreate
) -> tuple[Ingest, str | None]:
    """Make a source that of an empty dataset, and queue its ingest or a dry run of one. Returns the ingest,
    and the key of an archive that nothing needs after the commit.

    Raises `NotFoundError`, `DatasetNotEmptyError`, `SourceAddressError`, `SourceUnavailableError`.
    """
    dataset = lock_dataset(session, dataset_id)
    REFUSALS[IngestKind.DATASET](session, dataset)
    source = session.get(DatasetSource, dataset_id) or DatasetSource(dataset_id=dataset_id)
    source.kind, source.address = kind_of(body.address), body.address
    if source.kind is SourceKind.BUCKET:
        source.options = {"endpoint": body.endpoint, "region": body.region}
        source.delivery = body.delivery
        source.credentials = _encrypt(services.settings, body.credentials)
    open_files(services.settings, source).require()
    session.add(source)
    ingest = _make_ingest(source, body)
    return ingest, queue_ingest(session, services, ingest)


def change_source(
    session: Session, settings: Settings, dataset_id: str, change: SourceChange
) -> DatasetSource:
    """Change how a bucket is read.

    Raises `NotFoundError`, `NoSourceError`, `SourceUnavailableError` if it cannot be read with other keys.
    """
    source = get_source(session, dataset_id)
    if change.delivery is not None:
        source.delivery = change.delivery
    if change.credentials is not None:
        source.credentials = _encrypt(settings, change.credentials)
        open_files(settings, source).require()
    return source


def _encrypt(settings: Settings, keys: schemas.Credentials | None) -> bytes | None:
    return None if keys is None else encrypt(settings, Credentials(**keys.model_dump()))


def add_from_source(session: Session, services: Services, dataset_id: str, body: SourceAddition) -> Ingest:
    """Queue an addition of what is new or different in the source, or a dry run of one.

    Raises `NotFoundError`, `NoSourceError`, `DatasetNotReadyError`, `DatasetBusyError`.
    """
    ingest = _make_ingest(get_source(session, dataset_id), body)
    ingest.kind, ingest.on_existing = IngestKind.ADDITION, body.on_existing
    queue_ingest(session, services, ingest)
    return ingest


def start_check(session: Session, services: Services, dataset_id: str) -> SourceCheck:
    """Queue a check of the source.

    Raises `NotFoundError`, `NoSourceError`, `DatasetNotReadyError`, `DatasetBusyError`.
    """
    get_source(session, dataset_id)
    require_ready(lock_dataset(session, dataset_id))
    live = select(SourceCheck.id).where(SourceCheck.dataset_id == dataset_id, SourceCheck.status.in_(LIVE))
    if session.scalar(live.limit(1)):
        raise DatasetBusyError(["check of the source"])
    check = SourceCheck(id=new_id(), dataset_id=dataset_id)
    session.add(check)
    session.flush()
    services.queue.send_after_commit(session, "sources.check", check.id)
    return check


def get_source(session: Session, dataset_id: str) -> DatasetSource:
    """The source of the dataset. Raises `NotFoundError`, `NoSourceError`."""
    get_dataset(session, dataset_id)
    source = session.get(DatasetSource, dataset_id)
    if source is None:
        raise NoSourceError
    return source


def get_state(session: Session, dataset_id: str) -> SourceState:
    """The source, if there is one, and its latest check. Raises `NotFoundError`."""
    get_dataset(session, dataset_id)
    source = session.get(DatasetSource, dataset_id)
    checks = select(SourceCheck).where(SourceCheck.dataset_id == dataset_id)
    check = session.scalar(checks.order_by(SourceCheck.created_at.desc()).limit(1))
    return SourceState(
        source=None if source is None else Source.of(source, _count_problems(session, dataset_id)),
        check=None if check is None else schemas.SourceCheck.of(check),
    )


def _count_problems(session: Session, dataset_id: str) -> dict[SourceProblem, int]:
    statement = select(Sample.source_problem, func.count()).where(
        Sample.dataset_id == dataset_id, Sample.source_stamp.is_not(None), Sample.source_problem.is_not(None)
    )
    counts = session.execute(statement.group_by(Sample.source_problem)).all()
    return {problem: count for problem, count in counts if problem is not None}


def _make_ingest(source: DatasetSource, body: IngestCreate) -> Ingest:
    return Ingest(
        id=new_id(),
        dataset_id=source.dataset_id,
        file_name=source.address,
        archive_key=ARCHIVE,
        size_bytes=0,
        choices=body.choices.model_dump(),
        dry_run=body.dry_run,
        kind=IngestKind.DATASET,
        on_existing=OnExisting.SKIP,
    )
