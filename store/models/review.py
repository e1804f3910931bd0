"""The work of several reviewers: which samples are served to whom, and comments."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, enum_column, utc_now
from store.database.engine import Base


class Queue(StrEnum):
    """Where a reviewer's next samples come from."""

    VERIFY = "verify"
    """Builds the verified set: classes that lack labels come first."""
    REVIEW = "review"
    """A job's ranking, most suspicious first."""
    TIE_BREAK = "tie_break"
    """Samples on which reviewers disagree."""
    RE_REVIEW = "re_review"
    """Verified samples whose settled class a run contradicts."""

    @property
    def adjudicates(self) -> bool:
        """Whether a decision from this queue overrides the opinions."""
        return self in (Queue.TIE_BREAK, Queue.RE_REVIEW)


class Lease(Base):
    """A sample served to a reviewer who has not decided yet. Until it expires, it counts as an opinion."""

    __tablename__ = "leases"
    __table_args__ = (Index(None, "dataset_id", "reviewer"),)

    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True)
    reviewer: Mapped[str] = mapped_column(primary_key=True)
    dataset_id: Mapped[str] = mapped_column(String(36))
    queue: Mapped[Queue] = mapped_column(enum_column(Queue, "queue"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    """The job whose ranking chose the sample."""
    is_honeypot: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime]


class Comment(Base):
    """A comment on a sample, plain text."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "sample_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"))
    reviewer: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
