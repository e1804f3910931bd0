"""The log of changes: numbers, pages, and which changes were undone."""

from sqlalchemy import Engine

from store.changes.log import list_changes, record_change
from store.database.engine import session_scope
from store.models import ChangeKind, Dataset


def test_each_change_is_the_next_version(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        row = session.get_one(Dataset, dataset.id)
        first = record_change(session, row, ChangeKind.CREATED, {"images": 12}, reviewer="Ann")
        second = record_change(session, row, ChangeKind.IMAGES_ADDED, {"new": 1}, undo=b"\x00")
        record_change(session, row, ChangeKind.IMAGES_ADDED, {"new": -1}, undoes=second.number)
        assert (first.number, row.version) == (1, 3)
    with session_scope(engine, read_only=True) as session:
        newest = list_changes(session, dataset.id, None, 2)
        oldest = list_changes(session, dataset.id, newest[-1].change.number, 2)
    assert [(one.change.number, one.undone) for one in [*newest, *oldest]] == [
        (3, False),
        (2, True),
        (1, False),
    ]
    assert (oldest[0].change.reviewer, oldest[0].change.details) == ("Ann", {"images": 12})


def test_datasets_count_on_their_own(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        other = Dataset(name="other")
        session.add(other)
        session.flush()
        for row in (session.get_one(Dataset, dataset.id), other):
            assert record_change(session, row, ChangeKind.CREATED, {}).number == 1
        assert len(list_changes(session, other.id, None, 9)) == 1
