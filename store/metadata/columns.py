"""Describes the columns of a dataset's metadata: types, and what is known of the values."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from mslg_rules.metadata import ColumnFacts
from store.models.dataset import Dataset, Sample

BATCH_ROWS = 20_000


def column_names(dataset: Dataset) -> list[str]:
    """The names of the columns, by position in `Sample.metadata_values`."""
    return [column["name"] for column in dataset.metadata_columns]


def describe_columns(session: Session, dataset: Dataset, names: list[str]) -> None:
    """Describe all columns anew from the values of all samples. Call it under the dataset's lock.

    One pass over the samples, so that types and counts are exact whatever an addition replaced.
    """
    facts = [ColumnFacts() for _ in names]
    if names:
        for values in _read_values(session, dataset.id):
            for column, value in zip(facts, values, strict=False):
                if value is not None:
                    column.add(value)
    dataset.metadata_columns = [column.describe(name) for column, name in zip(facts, names, strict=True)]


def _read_values(session: Session, dataset_id: str) -> Iterator[list[str | None]]:
    statement = select(Sample.metadata_values).where(
        Sample.dataset_id == dataset_id, Sample.metadata_values.is_not(None)
    )
    for values in session.scalars(statement.execution_options(yield_per=BATCH_ROWS)):
        if values is not None:
            yield values
