"""The work of several reviewers: who is served what; comments, proposed classes, tags and saved views."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mslg_rules.metadata import MAX_TAG_LENGTH
from store.database.columns import BigId, Json, JsonObject, enum_column, new_id, utc_now
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


class ProposalStatus(StrEnum):
    """What became of a proposed class. A sample with a pending proposal is in no queue."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    """It is a class now, under its own name or another one."""
    MAPPED = "mapped"
    """A class that was there already is meant."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """By whoever proposed it, or by a manager in their place."""


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


class ClassProposal(Base):
    """A class that a reviewer misses, for a sample. Rows stay: they are the audit trail."""

    __tablename__ = "class_proposals"
    __table_args__ = (
        Index(None, "dataset_id", "status", "sample_id"),
        Index(None, "sample_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    sample_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("samples.id", ondelete="CASCADE"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    reviewer: Mapped[str] = mapped_column(default="")
    """Who proposed it; may be empty."""
    status: Mapped[ProposalStatus] = mapped_column(
        enum_column(ProposalStatus, "status"), default=ProposalStatus.PENDING
    )
    label: Mapped[int | None]
    """The index of the class that it became, or that is meant instead."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was rejected, or what else its author is told."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class SampleTag(Base):
    """A tag on a sample, and who put it there. Rows of removed tags stay: they are the audit trail."""

    __tablename__ = "sample_tags"
    __table_args__ = (
        Index(
            "uq_sample_tags_present",
            "sample_id",
            "tag",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
            sqlite_where=text("removed_at IS NULL"),
        ),
        Index(None, "dataset_id", "tag", "sample_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    sample_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("samples.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH))
    reviewer: Mapped[str] = mapped_column(default="")
    """Who added it; may be empty."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    """None: the sample has the tag."""


class SavedView(Base):
    """Filters, order and layout of a page under a name, for everybody who reads the dataset."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    page: Mapped[str] = mapped_column(String(20))
    """The page of the web UI that it opens, such as "grid"."""
    search: Mapped[JsonObject] = mapped_column(Json)
    """The filters and the order, as in the page's address."""
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
