"""`Work`: a task for a worker. Its row is the truth; the broker's message only wakes a worker.

Also the counters that workers add to.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Double, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import Json, JsonObject, enum_column, new_id, utc_now
from store.database.engine import Base


class WorkStatus(StrEnum):
    """Status of background work: `queued`, then `running`, then `succeeded`, `failed` or `cancelled`."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self not in (WorkStatus.QUEUED, WorkStatus.RUNNING)


class Work:
    """Mixin of ingests, jobs, feature chunks, exports and deliveries. Change these columns through
    `store.tasks.lifecycle` only.
    """

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    status: Mapped[WorkStatus] = mapped_column(
        enum_column(WorkStatus, "status"), default=WorkStatus.QUEUED, index=True
    )
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int | None]
    progress_note: Mapped[str] = mapped_column(default="")
    progress_rate: Mapped[float | None] = mapped_column(Double)
    error: Mapped[JsonObject | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime] = mapped_column(default=utc_now)
    """When its message was last sent; the sweep re-sends by it."""
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Counter(Base):
    """One number that workers add to and that only grows, see `store.statistics.counters`."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Double)
