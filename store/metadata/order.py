"""The order of a ranking by a column of metadata: samples without a value last, equal values by rank."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from store.metadata.cells import comparable
from store.models.dataset import Dataset, Sample
from store.models.result import Result


class ColumnOrder(NamedTuple):
    """By the column with this number, upwards or downwards."""

    dataset: Dataset
    column: int
    descending: bool = False

    @property
    def key(self) -> ColumnElement[Any]:
        """What the samples are in order of."""
        return comparable(self.dataset, self.column)


def in_order(session: Session, rows: Select[Any], order: ColumnOrder, job_id: str, after_rank: int) -> Any:
    """The rows of a job's ranking in this order, those after the one with `after_rank`; 0: all of them.

    `rows` select from `Result` and `Sample`. A rank names its row, so it is enough to continue a list.
    """
    key = order.key
    directed = key.desc() if order.descending else key
    rows = rows.order_by(None).order_by(key.is_(None), directed, Result.rank)
    if not after_rank:
        return rows
    last = session.execute(
        select(key)
        .select_from(Result)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Result.job_id == job_id, Result.rank == after_rank)
    ).first()
    return rows.where(false() if last is None else _is_after(order, last[0], after_rank))


def _is_after(order: ColumnOrder, value: Any, rank: int) -> ColumnElement[bool]:
    key = order.key
    if value is None:
        return and_(key.is_(None), Result.rank > rank)
    beyond = key < value if order.descending else key > value
    return or_(beyond, and_(key == value, Result.rank > rank), key.is_(None))
