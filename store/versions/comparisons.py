"""Lists the differences that a comparison of versions found."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from mslg_rules.difference_kind import DifferenceKind
from store.models.version import VersionDifference


class WantedDifferences(NamedTuple):
    """None: all. label: before or after. reviewer: of decisions."""

    kind: DifferenceKind | None = None
    label: str | None = None
    reviewer: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """In SQL."""
        conditions: list[ColumnElement[bool]] = []
        if self.kind is not None:
            conditions.append(VersionDifference.kind == self.kind)
        if self.label is not None:
            of_label = VersionDifference.before == self.label, VersionDifference.after == self.label
            conditions.append(or_(*of_label))
        if self.reviewer is not None:
            conditions.append(VersionDifference.kind == DifferenceKind.DECISION)
            conditions.append(VersionDifference.reviewer == self.reviewer)
        return conditions


def list_differences(
    session: Session, comparison_id: str, wanted: WantedDifferences, after: int, limit: int
) -> Sequence[VersionDifference]:
    """Up to `limit` differences with numbers above `after`, in order."""
    statement = select(VersionDifference).where(
        VersionDifference.comparison_id == comparison_id,
        VersionDifference.number > after,
        *wanted.conditions(),
    )
    return session.scalars(statement.order_by(VersionDifference.number).limit(limit)).all()
