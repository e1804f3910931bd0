"""Transactions, times and foreign keys behave the same on SQLite and Postgres."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from store.database.engine import Base, make_engine, session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Epoch, Job
from tests.factories import make_dataset, make_succeeded_job, verify_given


def test_an_error_rolls_everything_back(engine: Engine) -> None:
    def fail_half_way() -> None:
        with session_scope(engine) as session:
            session.add(Dataset(name="lost"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with session_scope(engine, read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Dataset)) == 0


def test_a_read_only_scope_refuses_to_write(engine: Engine) -> None:
    with (
        pytest.raises(DBAPIError, match=r"readonly|read-only"),
        session_scope(engine, read_only=True) as session,
    ):
        session.add(Dataset(name="refused"))
    with session_scope(engine) as session:
        session.add(Dataset(name="the same connection writes again"))


def test_concurrent_read_then_write_transactions_lose_no_update(engine: Engine) -> None:
    with session_scope(engine) as session:
        dataset = Dataset(name="counted")
        session.add(dataset)

    def count(_: int) -> None:
        with session_scope(engine) as session:
            row = session.get(Dataset, dataset.id, with_for_update=True)
            assert row is not None
            row.num_samples += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(80)))
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Dataset.num_samples)).one() == 80


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    with session_scope(engine) as writer:
        writer.add(Dataset(name="not yet there"))
        writer.flush()
        with session_scope(engine, read_only=True) as reader:
            assert reader.scalars(select(Dataset)).all() == []


def test_times_are_read_back_aware_and_in_utc(engine: Engine) -> None:
    noon_in_tokyo = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with session_scope(engine) as session:
        dataset = Dataset(name="dated", created_at=noon_in_tokyo)
        session.add(dataset)
    with session_scope(engine, read_only=True) as session:
        created_at = session.scalars(select(Dataset.created_at)).one()
        assert session.scalars(select(Dataset).where(Dataset.created_at == noon_in_tokyo)).one()
    assert created_at == noon_in_tokyo
    assert created_at.tzinfo is UTC


def test_a_naive_time_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001
    with pytest.raises(StatementError, match="no time zone"), session_scope(engine) as session:
        session.execute(update(Dataset).values(created_at=naive))


def test_foreign_keys_are_enforced(engine: Engine) -> None:
    with pytest.raises(IntegrityError), session_scope(engine) as session:
        session.add(Job(dataset_id="nobody", config={}))


def test_deleting_a_dataset_deletes_all_its_rows(engine: Engine, blobs: ObjectBlobStore) -> None:
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs)
        verify_given(session, dataset)
        job = make_succeeded_job(session, dataset)
        session.add(Epoch(job_id=job.id, epoch=1, report={}))
    with session_scope(engine) as session:
        session.delete(session.get_one(Dataset, dataset.id))
    with session_scope(engine, read_only=True) as session:
        left = {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
    assert set(left.values()) == {0}, left


def test_postgres_has_jit_compilation_disabled(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    for _ in range(2):
        with session_scope(engine) as session:
            assert session.scalar(text("SHOW jit")) == "off"
            session.rollback()
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_unsupported_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite needs a file|must be sqlite"):
        make_engine(url)
