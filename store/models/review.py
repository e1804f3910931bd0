"""The work of several reviewers: which samples are served to whom, and comments."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, Json, enum_column, utc_now
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


class QueueShare(Base):
    """Samples that a person, or a group of people, is served before all others. See `store.review.shares`."""

    __tablename__ = "queue_shares"
    __table_args__ = (Index(None, "dataset_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    assignees: Mapped[list[str]] = mapped_column(Json)
    """Names of reviewers. In a group, each sample goes to whoever asks first."""
    description: Mapped[str]
    """Which samples were chosen, for people."""
    reviewer: Mapped[str] = mapped_column(default="")
    """Who assigned it."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SharedSample(Base):
    """A sample of a share. A sample is in one share at most."""

    __tablename__ = "shared_samples"

    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"), primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("queue_shares.id", ondelete="CASCADE"), index=True)


class Comment(Base):
    """A comment on a sample, plain text."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "sample_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"))
    reviewer: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
