"""Webhooks, the events that they are told of, and the deliveries."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import Json, JsonObject, new_id, utc_now
from store.database.engine import Base
from store.models.work import Work

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`sent_at` of a delivery without a message: the next sweep sends it once it is due."""


class EventType(StrEnum):
    """What a webhook can be told of."""

    DATASET_READY = "dataset.ready"
    DATASET_FAILED = "dataset.failed"
    DATASET_IMAGES_ADDED = "dataset.images_added"
    DATASET_ADDITION_FAILED = "dataset.addition_failed"
    DATASET_DELETED = "dataset.deleted"
    JOB_SUCCEEDED = "job.succeeded"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    CLASS_PROPOSED = "class.proposed"
    CLASS_PROPOSAL_DECIDED = "class.proposal_decided"
    EXPORT_READY = "export.ready"
    EXPORT_FAILED = "export.failed"
    REVIEW_STOP_ADVISED = "review.stop_advised"
    REVIEW_RERUN_ADVISED = "review.rerun_advised"
    PING = "ping"
    """Sent by hand, to every webhook."""


class Webhook(Base):
    """An address that is told of a dataset's events."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(String(36), index=True)
    """No foreign key: a webhook outlives its dataset until it was told of the deletion."""
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(Json)
    """Names of `EventType`."""
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """What signs the deliveries, see `store.infrastructure.encryption`."""
    is_active: Mapped[bool] = mapped_column(default=True)
    notice: Mapped[str] = mapped_column(default="")
    """Why the service switched it off, a sentence; empty if it did not."""
    failing_since: Mapped[datetime | None]
    """The first failure after the last success."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class WebhookEvent(Base):
    """Something that happened, written in the transaction that made it true. Only if a webhook wants it."""

    __tablename__ = "webhook_events"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(String(36))
    type: Mapped[str]
    data: Mapped[JsonObject] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Delivery(Work, Base):
    """One event on its way to one webhook. Each attempt is one request."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index(None, "webhook_id", "created_at", "id"),)

    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(ForeignKey("webhook_events.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    """Not sent before."""
    response_status: Mapped[int | None]
    """HTTP status of the last answer."""
    response_excerpt: Mapped[str] = mapped_column(default="")
    """The beginning of the last answer, or why there was none."""


class AdvisedJob(Base):
    """What the review of a job was last advised to do, so that a change of the advice is an event."""

    __tablename__ = "advised_jobs"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    advice: Mapped[str]
    newest_verification: Mapped[int] = mapped_column(BigInteger)
    """The dataset's newest verification when the advice was given."""
    advised_at: Mapped[datetime] = mapped_column(default=utc_now)
