"""What a job learned about each sample."""

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.db import Base


class Result(Base):
    """One sample's row in a job's ranking. Written in bulk by `store.results`, never changed."""

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
    soft_label: Mapped[bytes]
    """C probabilities as little-endian float32; `store.results` packs and unpacks them."""
