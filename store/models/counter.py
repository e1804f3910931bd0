"""Counters that workers add to and the API shows."""

from sqlalchemy import Double
from sqlalchemy.orm import Mapped, mapped_column

from store.database.engine import Base


class Counter(Base):
    """One number that only grows, see `store.statistics.counters`."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Double)
