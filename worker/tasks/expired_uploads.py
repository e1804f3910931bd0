"""Deletes uploads that nobody has continued for long. They have no dataset yet, or leave theirs as it was."""

from datetime import datetime

import structlog
from sqlalchemy import Engine, delete, select

from store.database.engine import session_scope
from store.infrastructure.partial_blobs import PartialBlobs
from store.models import Upload

log = structlog.get_logger(__name__)


def delete_expired_uploads(engine: Engine, partials: PartialBlobs, now: datetime) -> None:
    """Delete the uploads that expired before `now`: first what has arrived, then the row that names it."""
    with session_scope(engine, read_only=True) as session:
        expired = list(session.scalars(select(Upload.id).where(Upload.expires_at < now)))
    for upload_id in expired:
        partials.delete(upload_id)
        with session_scope(engine) as session:
            session.execute(delete(Upload).where(Upload.id == upload_id))
        log.info("upload_expired", upload_id=upload_id)
