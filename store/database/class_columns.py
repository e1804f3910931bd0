"""SQL for columns that hold labels: indices of classes, to be read through a dataset's `ClassMap`.

As long as nothing is merged, each of these is the plain condition, so that indexes serve as before.
"""

from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import InstrumentedAttribute

from mslg_rules.class_map import ClassMap

Labels = InstrumentedAttribute[Any] | ColumnElement[Any]


def is_class(column: Labels, classes: ClassMap, index: int) -> ColumnElement[bool]:
    """Whether the label is read as the class `index`."""
    members = classes.members(index)
    return column == index if len(members) == 1 else column.in_(members)


def as_class(column: Labels, classes: ClassMap) -> ColumnElement[Any]:
    """The class that the label is read as."""
    return case(classes.merged, value=column, else_=column) if classes.merged else column.expression


def same_class(first: Labels, second: Labels, classes: ClassMap) -> ColumnElement[bool]:
    """Whether both labels are read as the same class."""
    return as_class(first, classes) == as_class(second, classes)
