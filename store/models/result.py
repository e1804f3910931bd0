"""Results of a job: the ranking, and suspected label errors."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Base


class Result(Base):
    """One sample's row in a job's ranking. `store.results.results` writes it in bulk; it never changes."""

    __tablename__ = "results"
    __table_args__ = (
        Index(None, "job_id", "rank"),
        Index(None, "job_id", "given", "rank"),
        Index(None, "job_id", "suggested", "rank"),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    # No foreign key: samples are deleted only with their dataset, and so are the results, through the job. A
    # key would cost a lookup per written row and another index, or a table scan per deleted sample.
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
    """Probabilities of all C classes, or of some, as little-endian float32; `store.results.results` packs and
    unpacks them."""
    trajectory: Mapped[bytes] = mapped_column(default=b"")
    """Prediction history: probabilities of the given label and of the suggestion, alternating, after each
    recorded epoch, in steps of 1/255, two bytes per epoch. Empty if the run recorded none."""
    neighbours: Mapped[bytes] = mapped_column(default=b"")
    """Ids of the nearest verified samples, little-endian int64: first those of the given class, then as many
    of the suggested class, nearest first, padded with 0."""
    soft_label_classes: Mapped[bytes] = mapped_column(default=b"")
    """With many classes, those that `soft_label` is of, as little-endian int32; the others have probability
    0. Empty: all classes."""


class SuspectedLabelError(Base):
    """A verified sample whose settled class a run contradicts, predicting without having learned it."""

    __tablename__ = "suspected_label_errors"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    sample_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    settled_label: Mapped[int]
    suggested: Mapped[int]
    probability: Mapped[float]
    """0..1, of the settled class."""
    resolved_at: Mapped[datetime | None]
    """When a reviewer adjudicated it."""
