"""Issues that a job found besides label errors: duplicates, outliers, bad images."""

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mslg_rules.issue_kind import IssueKind
from store.database.columns import enum_column
from store.database.engine import Base

KIND_LENGTH = 24


class Issue(Base):
    """One sample's place in a job's list of one kind of issue. `store.results.issues` writes it in bulk."""

    __tablename__ = "issues"
    __table_args__ = (
        Index(None, "job_id", "sample_id"),
        Index(
            None,
            "job_id",
            "group_number",
            postgresql_where=text("group_number IS NOT NULL"),
            sqlite_where=text("group_number IS NOT NULL"),
        ),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[IssueKind] = mapped_column(
        enum_column(IssueKind, "kind", KIND_LENGTH), primary_key=True, autoincrement=False
    )
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1 = worst."""
    # No foreign key, see `Result.sample_id`.
    sample_id: Mapped[int] = mapped_column(BigInteger)
    score: Mapped[float]
    """0..1, low = bad."""
    group_number: Mapped[int | None]
    """Of its group of duplicates."""


class DuplicateGroup(Base):
    """Samples that show the same picture. Its members are the issues with its number."""

    __tablename__ = "duplicate_groups"
    __table_args__ = (Index(None, "job_id", "labels_disagree", "number"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1-based: groups whose labels disagree come first, then those that are most alike."""
    size: Mapped[int]
    is_exact: Mapped[bool]
    """Whether all files are identical."""
    labels_disagree: Mapped[bool]
    """Whether the labels disagreed when the job ran: settled ones, else given ones."""
