"""Reads results through the classes of their dataset: classes may have been merged after the job.

A result that suggested a class which was merged since suggests the class that it was merged into, and is no
issue if that is the class of the given label.
"""

from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from store.database.class_columns import same_class
from store.models.dataset import Dataset
from store.models.job import Job
from store.models.result import Result
from store.results.results import unpack_classes, unpack_soft_label


class SoftLabelColumns(Protocol):
    """A `Result`, or a row with these columns of it."""

    @property
    def soft_label(self) -> bytes: ...  # as in `Result`
    @property
    def soft_label_classes(self) -> bytes: ...


class SoftLabel(NamedTuple):
    """Probabilities of all classes by index, or of those in `indices`. Merged classes have none."""

    probabilities: list[float]
    indices: list[int] | None


def read_class_map(session: Session, job_id: str) -> ClassMap:
    """How the labels of the job's dataset are read."""
    statement = select(Dataset).join(Job, Job.dataset_id == Dataset.id).where(Job.id == job_id)
    return session.scalars(statement).one().class_map


def is_issue(classes: ClassMap) -> ColumnElement[bool]:
    """On a `Result`: whether the job flagged the given label, and suggested what is another class still."""
    if not classes.merged:
        return Result.is_label_issue.expression
    return and_(Result.is_label_issue, ~same_class(Result.given, Result.suggested, classes))


def read_soft_label(row: SoftLabelColumns, classes: ClassMap) -> SoftLabel:
    """A stored soft label with the probabilities of merged classes added up."""
    probabilities, indices = unpack_soft_label(row.soft_label), unpack_classes(row.soft_label_classes)
    if not classes.merged:
        return SoftLabel(probabilities, indices)
    summed: dict[int, float] = {}
    for index, probability in zip(indices or range(len(probabilities)), probabilities, strict=True):
        summed[classes.read(index)] = summed.get(classes.read(index), 0.0) + probability
    if indices is not None:
        return SoftLabel(list(summed.values()), list(summed))
    length = max([len(probabilities), *(index + 1 for index in summed)])
    return SoftLabel([summed.get(index, 0.0) for index in range(length)], None)
