"""What a job learned about each sample, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, utc_now
from store.database.engine import Base


class Result(Base):
    """One sample's row in a job's ranking. Written in bulk by `store.results.results`, never changed."""

    __tablename__ = "results"
    __table_args__ = (
        Index(None, "job_id", "rank"),
        Index(None, "job_id", "given", "rank"),
        Index(None, "job_id", "suggested", "rank"),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    # No foreign key: samples go only with their dataset, and its jobs take the results along. A key would
    # cost a look-up per row written and an index more, or a table scan per sample deleted.
    sample_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    given: Mapped[int]
    suggested: Mapped[int]
    label_score: Mapped[float]
    """0..1, low = probably wrong."""
    rank: Mapped[int]
    """1 = most suspicious."""
    is_label_issue: Mapped[bool]
    confidence: Mapped[float]
    """0..1, the probability of the suggestion."""
    soft_label: Mapped[bytes]
    """C probabilities as little-endian float32; `store.results.results` packs and unpacks them."""
    trajectory: Mapped[bytes] = mapped_column(default=b"")
    """Probabilities of the given label and of the suggestion after each epoch that was watched, in turn, in
    steps of 1/255: two bytes an epoch. Empty where the run watched none."""
    neighbours: Mapped[bytes] = mapped_column(default=b"")
    """Ids of the most similar verified samples, little-endian int64: half of them of the given class, then as
    many of the suggested one, the most similar first, 0 where there is none."""


class SuspectedLabelError(Base):
    """A verified sample whose settled class a run, not having learned it, contradicts."""

    __tablename__ = "suspected_label_errors"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    sample_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    settled_label: Mapped[int]
    suggested: Mapped[int]
    probability: Mapped[float]
    """0..1, of the settled class."""
    resolved_at: Mapped[datetime | None]
    """When somebody looked again."""


class AutoAccept(Base):
    """Which suggestions of a job are taken without a person. Rows are only ever added, the newest counts;
    without one, what the job's summary decided does.
    """

    __tablename__ = "auto_accepts"
    __table_args__ = (Index(None, "job_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    min_confidence: Mapped[float | None]
    """Flagged samples with a suggestion at least this probable are corrected; null: none is."""
    max_error: Mapped[float | None]
    """The error budget that was asked for, even if nothing fits into it; null where somebody took back what
    was accepted."""
    expected_error: Mapped[float | None]
    num_samples: Mapped[int]
    """How many suggestions it took when it was applied."""
    reviewer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
