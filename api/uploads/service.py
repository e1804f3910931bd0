"""Creates, locks, finishes and deletes uploads."""

from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from api.datasets.service import create_dataset
from api.datasets.uploads import check_target, queue_ingest
from api.deps import Services
from api.errors import BodyTooLargeError, EmptyUploadError
from api.uploads.errors import RefusedFileError, UploadLockedError
from api.uploads.schemas import UploadMetadata
from mslg_core.datasets.archives.heads import check_file_name
from mslg_core.errors import NotAnArchiveError
from store.accounts.access import Caller, Right, require_right
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import NotFoundError, StoreError
from store.infrastructure.blobs import archive_key
from store.models import Ingest, Upload, UploadStatus, User

LOCK = timedelta(seconds=45)
"""A request that does not extend its lock for this long, because its server died, loses it."""

log = structlog.get_logger(__name__)


def create_upload(services: Services, caller: Caller, metadata: UploadMetadata, length: int) -> Upload:
    """Begin an upload of `length` bytes.

    Raises `NotFoundError`, `RoleTooLowError` unless the caller manages the dataset, `EmptyUploadError`,
    `BodyTooLargeError`, `RefusedFileError`, and what makes the dataset take no such archive now.
    """
    if length == 0:
        raise EmptyUploadError
    if length > services.settings.max_archive_bytes:
        raise BodyTooLargeError(services.settings.max_archive_bytes)
    try:
        check_file_name(metadata.filename or "")
    except NotAnArchiveError as error:
        raise RefusedFileError(error.code, str(error)) from error
    if metadata.dataset_id is not None:
        with session_scope(services.engine, read_only=True) as session:
            require_right(session, caller, metadata.dataset_id, Right.MANAGE)
        check_target(services, metadata.dataset_id, metadata.kind)
    upload = Upload(
        kind=metadata.kind,
        dataset_id=metadata.dataset_id,
        dataset_name=metadata.dataset_name,
        file_name=metadata.filename,
        user_id=caller.user.id if caller.user else None,
        length=length,
        dry_run=metadata.dry_run,
        expires_at=utc_now() + services.settings.upload_expiry,
    )
    with session_scope(services.engine) as session:
        session.add(upload)
    return upload


def get_upload(session: Session, upload_id: str) -> Upload:
    """The upload. Raises `NotFoundError`, also for one that has expired."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.expires_at < utc_now():
        raise NotFoundError("upload", upload_id)
    return upload


def look_up(services: Services, upload_id: str) -> tuple[Upload, int]:
    """The upload and the number of bytes that have arrived. Raises `NotFoundError`.

    Finishes an upload whose server died between the last byte and the end.
    """
    with session_scope(services.engine, read_only=True) as session:
        upload = get_upload(session, upload_id)
    offset = offset_of(services, upload)
    if upload.status is UploadStatus.RECEIVING and offset == upload.length:
        with suppress(UploadLockedError):  # the request that sent the last byte finishes it
            upload = lock(services, upload_id)
            try:
                finish(services, upload)
            finally:
                unlock(services, upload_id)
                upload.locked_until = None
    return upload, offset


def offset_of(services: Services, upload: Upload) -> int:
    """The number of bytes that have arrived."""
    is_complete = upload.status is UploadStatus.COMPLETE
    return upload.length if is_complete else services.partials.size(upload.id)


def lock(services: Services, upload_id: str) -> Upload:
    """Make this request the only one that appends to the upload.

    Raises `NotFoundError`, `UploadLockedError`.
    """
    now = utc_now()
    free = or_(Upload.locked_until.is_(None), Upload.locked_until < now)
    with session_scope(services.engine) as session:
        get_upload(session, upload_id)
        statement = update(Upload).where(Upload.id == upload_id, free).values(locked_until=now + LOCK)
        if session.scalar(statement.returning(Upload.id)) is None:
            raise UploadLockedError
        return session.get_one(Upload, upload_id, populate_existing=True)


def extend_lock(services: Services, upload: Upload) -> None:
    """Keep the lock, and postpone the upload's end. Raises `NotFoundError` if it was deleted meanwhile."""
    now = utc_now()
    values = {"locked_until": now + LOCK, "expires_at": now + services.settings.upload_expiry}
    with session_scope(services.engine) as session:
        statement = update(Upload).where(Upload.id == upload.id).values(values).returning(Upload.id)
        if session.scalar(statement) is None:
            raise NotFoundError("upload", upload.id)


def unlock(services: Services, upload_id: str) -> None:
    """Let other requests append to the upload."""
    with session_scope(services.engine) as session:
        session.execute(update(Upload).where(Upload.id == upload_id).values(locked_until=None))


def finish(services: Services, upload: Upload) -> None:
    """Queue the ingest of an upload that has arrived as a whole, and create its dataset if need be.

    An upload that its dataset does not take any more is deleted. Raises what makes the dataset take no such
    archive now.
    """
    if upload.status is UploadStatus.COMPLETE:
        return
    key = archive_key(upload.dataset_id, upload.id)
    services.partials.complete(upload.id, key, lambda: extend_lock(services, upload))
    try:
        replaced = _queue(services, upload, key)
    except StoreError:
        services.blobs.delete(key)
        delete_upload(services, upload.id)
        raise
    services.partials.delete(upload.id)
    if replaced is not None:
        services.blobs.delete(replaced)
    log.info("upload_complete", upload_id=upload.id, dataset_id=upload.dataset_id, size_bytes=upload.length)


def _queue(services: Services, upload: Upload, key: str) -> str | None:
    with session_scope(services.engine) as session:
        if upload.dataset_name is not None:
            creator = None if upload.user_id is None else session.get(User, upload.user_id)
            create_dataset(session, upload.dataset_name, creator, upload.dataset_id)
        ingest = Ingest(
            id=upload.id,
            dataset_id=upload.dataset_id,
            kind=upload.kind,
            archive_key=key,
            file_name=upload.file_name,
            size_bytes=upload.length,
            dry_run=upload.dry_run,
        )
        replaced = queue_ingest(session, services, ingest)
        session.get_one(Upload, upload.id).status = UploadStatus.COMPLETE
    upload.status = UploadStatus.COMPLETE
    return replaced


def delete_upload(services: Services, upload_id: str) -> None:
    """Stop an upload, and delete what has arrived of it. Raises `NotFoundError`."""
    with session_scope(services.engine) as session:
        session.delete(get_upload(session, upload_id))
        services.partials.delete(upload_id)
