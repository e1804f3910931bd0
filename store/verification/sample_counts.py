"""Counts samples that are alike. The database keeps the counts itself, see `SampleCount`; `recount_samples`
counts them anew.
"""

from typing import Any

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from store.models.dataset import Dataset, Sample
from store.models.verification import SampleCount

KEY = tuple(column for column in SampleCount.__table__.columns if column.name != "num")


def count_fresh(session: Session, dataset: Dataset, given: int | None = None) -> int:
    """Samples with a given label, or with that of the class `given`, on which nobody has an opinion and that
    have no verdict.
    """
    fresh = select(func.sum(SampleCount.num)).where(
        SampleCount.dataset_id == dataset.id,
        SampleCount.given_label >= 0,
        SampleCount.verdict == "",
        SampleCount.has_opinions.is_(False),
    )
    if given is not None:
        fresh = fresh.where(SampleCount.given_label.in_(dataset.class_map.members(given)))
    return int(session.scalar(fresh) or 0)


def recount_samples(session: Session) -> None:
    """Replace the kept counts of all datasets by a recount."""
    session.execute(delete(SampleCount))
    session.execute(insert(SampleCount).from_select([*(key.name for key in KEY), "num"], _counted()))


def miscounted_datasets(session: Session) -> set[str]:
    """The datasets whose kept counts differ from a recount."""
    kept = {tuple(row) for row in session.execute(select(*KEY, SampleCount.num).where(SampleCount.num != 0))}
    counted = {tuple(row) for row in session.execute(_counted())}
    return {row[0] for row in kept ^ counted}


def _counted() -> Select[*tuple[Any, ...]]:
    """The counts of present samples, in the columns of `SampleCount`."""
    key = (
        Sample.dataset_id,
        func.coalesce(Sample.given_label, -1),
        func.coalesce(func.substr(Sample.verdict, 1), ""),
        func.coalesce(Sample.settled_label, -1),
        func.coalesce(func.substr(Sample.split, 1), ""),
        func.coalesce(func.substr(Sample.selection, 1), ""),
        Sample.num_opinions > 0,
    )
    return select(*key, func.count()).where(Sample.removed_at.is_(None)).group_by(*key)
