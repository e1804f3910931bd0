"""Results of a job: the ranking, and suspected label errors."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from mslg_rules.verdict import Verdict
from store.database.columns import enum_column
from store.database.engine import Base

CONFIDENCE_BINS = 1_000


class Result(Base):
    """One sample's row in a job's ranking. `store.results.results` writes it in bulk; it never changes."""

    __tablename__ = "results"
    __table_args__ = (
        Index(None, "job_id", "rank"),
        Index(None, "job_id", "given", "suggested", "rank"),
        Index(None, "job_id", "given", "rank"),
        Index(None, "job_id", "suggested", "rank"),
        Index(
            "ix_results_flagged",
            "job_id",
            "rank",
            postgresql_include=["confidence", "sample_id"],
            postgresql_where=text("is_label_issue"),
            sqlite_where=text("is_label_issue"),
        ),
        Index(
            "ix_results_unflagged",
            "job_id",
            "rank",
            postgresql_where=text("NOT is_label_issue"),
            sqlite_where=text("is_label_issue = 0"),
        ),
        Index(
            "ix_results_confidence",
            "job_id",
            "confidence",
            "rank",
            postgresql_include=["sample_id", "given", "suggested", "label_score"],
            postgresql_where=text("is_label_issue"),
            sqlite_where=text("is_label_issue"),
        ),
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


class DecidedResult(Base):
    """A result whose sample is present and has a verdict, in the order of the ranking. A trigger on `samples`
    keeps it, see migration 0032.
    """

    __tablename__ = "decided_results"
    __table_args__ = (Index(None, "job_id", "rank"), Index(None, "job_id", "verdict", "rank"))

    sample_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict, "verdict"))


class ResultCount(Base):
    """Results of a job whose samples are present and alike in all columns of the key, and what is expected of
    them. A trigger on `samples` keeps it, see migration 0032.

    `verdict` is that of the sample, empty without one. `bin` divides the confidences of flagged samples that
    nobody decided into `CONFIDENCE_BINS`; it is -1 for all others.
    """

    __tablename__ = "result_counts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(16), primary_key=True)
    is_label_issue: Mapped[bool] = mapped_column(primary_key=True)
    bin: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    num: Mapped[int] = mapped_column(BigInteger)
    wrong_given: Mapped[int] = mapped_column(BigInteger)
    """Sum of 1 - label score, in billionths: whole numbers add up to the same in any order."""
    wrong_suggested: Mapped[int] = mapped_column(BigInteger)
    """Sum of 1 - confidence, in billionths."""


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
