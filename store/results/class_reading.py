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
    """Probabilities of the active classes in order, or of those at the places `indices` of the order."""

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
    """A stored soft label by the order of the active classes, the probabilities of merged ones added up.

    A class that joined after the job has probability 0.
    """
    probabilities, indices = unpack_soft_label(row.soft_label), unpack_classes(row.soft_label_classes)
    if classes.is_plain:
        missing = 0 if indices else len(classes.names) - len(probabilities)
        return SoftLabel(probabilities + [0.0] * missing, indices)
    summed: dict[int, float] = {}
    for index, probability in zip(indices or range(len(probabilities)), probabilities, strict=True):
        summed[classes.read(index)] = summed.get(classes.read(index), 0.0) + probability
    if indices is None:
        return SoftLabel([summed.get(index, 0.0) for index in classes.order], None)
    places = {index: place for place, index in enumerate(classes.order)}
    kept = {places[index]: probability for index, probability in summed.items() if index in places}
    return SoftLabel(list(kept.values()), list(kept))
