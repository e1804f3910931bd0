"""Leaves removed samples out of every query, so that no query can forget them.

A query that is meant to see them says so: `statement.execution_options(**REMOVED_TOO)`.
"""

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from store.models.dataset import Sample

REMOVED_TOO = {"removed_too": True}

_PRESENT = with_loader_criteria(Sample, Sample.removed_at.is_(None), include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def _leave_removed_out(state: ORMExecuteState) -> None:
    """SQLAlchemy adds the condition wherever the query reads samples, in joins and subqueries, too."""
    if state.is_select and not state.is_column_load and not state.execution_options.get("removed_too", False):
        state.statement = state.statement.options(_PRESENT)
