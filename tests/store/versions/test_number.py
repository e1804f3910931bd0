"""The number of a dataset's version, and the one state that a reader sees."""

from sqlalchemy import Engine

from store.changes.log import record_change
from store.database.engine import session_scope
from store.models import ChangeKind, Dataset, Verdict
from store.verification.record import verify
from store.versions.number import read_version
from tests.factories import get_samples


def test_it_counts_changes_and_names_the_newest_decision(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        assert read_version(session, dataset.id) == "0.0"
        row = session.get_one(Dataset, dataset.id)
        record_change(session, row, ChangeKind.CREATED, {})
        sample = get_samples(session, row)[0]
        first = verify(session, sample.id, Verdict.CORRECT)
        assert read_version(session, dataset.id) == f"1.{first.id}"
        second = verify(session, sample.id, Verdict.UNUSABLE)
        assert read_version(session, dataset.id) == f"1.{second.id}"


def test_a_reader_sees_one_state_until_it_ends(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as reader:
        before = read_version(reader, dataset.id)
        with session_scope(engine) as session:
            verify(session, get_samples(session, dataset)[0].id, Verdict.CORRECT)
        assert read_version(reader, dataset.id) == before
    with session_scope(engine, read_only=True) as reader:
        assert read_version(reader, dataset.id) != before
