"""Decisions about samples. Append-only."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from mslg_rules.verdict import Verdict
from store.database.columns import BigId, enum_column, utc_now
from store.database.engine import Base


class VerificationSource(StrEnum):
    """How a verification was submitted."""

    UPLOAD = "upload"
    REVIEW = "review"


class Role(StrEnum):
    """What a decision counts as: an opinion, an adjudication (overrides opinions), or a honeypot answer."""

    OPINION = "opinion"
    ADJUDICATION = "adjudication"
    HONEYPOT = "honeypot"


class Verification(Base):
    """One decision. `store.verification.consensus` folds all decisions on a sample into one."""

    __tablename__ = "verifications"
    __table_args__ = (
        CheckConstraint("(label IS NOT NULL) = (verdict IN ('correct', 'wrong'))", name="label_iff_settled"),
        Index(None, "sample_id", "id"),
        Index(None, "dataset_id", "id"),
        # Uploads, of which there may be 100,000s, name no job and need not be in the index.
        Index(
            None,
            "job_id",
            postgresql_where=text("job_id IS NOT NULL"),
            sqlite_where=text("job_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id", ondelete="CASCADE"))
    dataset_id: Mapped[str] = mapped_column(String(36))
    """The sample's dataset. No foreign key: it would only slow uploads down."""
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict, "verdict"))
    label: Mapped[int | None]
    """The true class; for `correct` the given one, if there is one."""
    source: Mapped[VerificationSource] = mapped_column(enum_column(VerificationSource, "source"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"), default=Role.OPINION)
    reviewer: Mapped[str] = mapped_column(default="")
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    """The job whose ranking the reviewer was working through."""
    withdraws_id: Mapped[int | None] = mapped_column(BigInteger)
    """With `WITHDRAWN`: the verification that is withdrawn."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SampleCount(Base):
    """How many present samples of a dataset are alike in all columns of the key. A trigger on `samples` keeps
    it, see migration 0032. Keys have no NULL: what is missing is -1 or empty.
    """

    __tablename__ = "sample_counts"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    given_label: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(String(16), primary_key=True)
    settled_label: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    split: Mapped[str] = mapped_column(String(16), primary_key=True)
    selection: Mapped[str] = mapped_column(String(16), primary_key=True)
    has_opinions: Mapped[bool] = mapped_column(primary_key=True)
    num: Mapped[int] = mapped_column(BigInteger)
