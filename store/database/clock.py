"""The clock that leases are measured by."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.database.columns import UtcDateTime, utc_now


def database_now(session: Session) -> datetime:
    """The present time by the database's clock, which is the same for all: those of workers may be wrong.

    SQLite runs in the same process, so it has no other clock.
    """
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()
    return session.execute(select(func.clock_timestamp(type_=UtcDateTime()))).scalar_one()
