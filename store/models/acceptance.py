"""Which suggestions are corrected labels without review: a dataset's policy, and its meaning for each job."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.database.columns import BigId, enum_column, utc_now
from store.database.engine import Base


class AcceptanceKind(StrEnum):
    """What decides which suggestions are accepted."""

    NONE = "none"
    """No suggestion is."""
    SIGN_TEST = "sign_test"
    """All or none, as the job's test on the verified set says."""
    BUDGET = "budget"
    """The most confident ones, within an error budget."""


class AcceptancePolicy(Base):
    """A person's choice for a dataset. Append-only: the newest row that is not undone holds, also for later
    jobs. Without one, each job's sign test decides.
    """

    __tablename__ = "acceptance_policies"
    __table_args__ = (Index(None, "dataset_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    kind: Mapped[AcceptanceKind] = mapped_column(enum_column(AcceptanceKind, "kind"))
    max_error: Mapped[float | None]
    """The error budget; null for other kinds."""
    undoes_id: Mapped[int | None] = mapped_column(BigInteger)
    """The policy that this row undoes; its other columns then repeat that policy's."""
    reviewer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AutoAccept(Base):
    """Which suggestions of a job are accepted without review. Append-only; the newest row counts. Without
    rows, the decision in the job's summary counts.
    """

    __tablename__ = "auto_accepts"
    __table_args__ = (Index(None, "job_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    policy_id: Mapped[int | None] = mapped_column(BigInteger)
    """The policy that this row applies; null if nobody has chosen, or if it is older than policies."""
    kind: Mapped[AcceptanceKind] = mapped_column(enum_column(AcceptanceKind, "kind"))
    min_confidence: Mapped[float | None]
    """Flagged samples whose suggestion is at least this probable are corrected; null: none."""
    max_error: Mapped[float | None]
    """The error budget, even if nothing fits into it; null for other kinds."""
    expected_error: Mapped[float | None]
    num_samples: Mapped[int]
    """How many suggestions were accepted when the row was added."""
    reviewer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
