"""Groups of duplicates of a dataset's samples, which join the same split of the verified set.

`mark_same_files` finds identical files after the ingest. Each job replaces the groups by those that it finds,
see `store.results.issues`.
"""

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mslg_rules.holdout import Split
from store.models.dataset import Sample


def mark_same_files(session: Session, dataset_id: str) -> None:
    """Put samples with the same file into a group, named by the first sample's id."""
    same = (
        select(Sample.sha256, func.min(Sample.id).label("first"))
        .where(Sample.dataset_id == dataset_id)
        .group_by(Sample.sha256)
        .having(func.count() > 1)
        .subquery()
    )
    session.execute(
        update(Sample)
        .where(Sample.dataset_id == dataset_id, Sample.sha256 == same.c.sha256)
        .values(duplicate_group=same.c.first)
        .execution_options(synchronize_session=False)
    )


def find_splits(session: Session, dataset_id: str, groups: Iterable[int | None]) -> dict[int, Split]:
    """The splits of those `groups` that have settled samples; the hold-out if a group has both."""
    wanted = {group for group in groups if group is not None}
    if not wanted:
        return {}
    statement = (
        select(Sample.duplicate_group, Sample.split)
        .where(
            Sample.dataset_id == dataset_id,
            Sample.duplicate_group.in_(wanted),
            Sample.split.is_not(None),
        )
        .distinct()
    )
    found: dict[int, Split] = {}
    for group, split in session.execute(statement):
        if group is not None and split is not None and found.get(group) is not Split.HOLDOUT:
            found[group] = split
    return found
