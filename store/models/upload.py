"""Uploads that can be resumed. What has arrived lies in `store.infrastructure.partial_blobs`."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import enum_column, new_id, utc_now
from store.database.engine import Base
from store.models.dataset import IngestKind


class UploadStatus(StrEnum):
    """`receiving -> complete`. A complete upload is kept until it expires, so that clients see its end."""

    RECEIVING = "receiving"
    COMPLETE = "complete"


class Upload(Base):
    """One archive on its way. Its offset is no column: it is the number of bytes that are really there."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    status: Mapped[UploadStatus] = mapped_column(
        enum_column(UploadStatus, "status"), default=UploadStatus.RECEIVING
    )
    kind: Mapped[IngestKind] = mapped_column(enum_column(IngestKind, "kind"))
    dataset_id: Mapped[str] = mapped_column(String(36), default=new_id)
    """The dataset it fills. No foreign key: with a `dataset_name`, the dataset is created at the end, so that
    an upload that never ends leaves none behind."""
    dataset_name: Mapped[str | None]
    file_name: Mapped[str | None]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whose it is; None without accounts."""
    length: Mapped[int] = mapped_column(BigInteger)
    dry_run: Mapped[bool] = mapped_column(default=False)
    """Whether only the preview is wanted, see `Ingest.dry_run`."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """The sweep deletes it then. Every byte that arrives postpones it."""
    locked_until: Mapped[datetime | None]
    """Until when a request may append to it, and no other."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def is_locked(self) -> bool:
        """Whether a request appends to it."""
        return self.locked_until is not None and self.locked_until > utc_now()
