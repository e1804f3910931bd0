"""Rows as Arrow record batches are the rows that the ORM reads, on both databases."""

import pytest
from sqlalchemy import Engine, String, select, type_coerce

from store.database.bulk_read import read_batches
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Result, Sample
from tests import factories

HOSTILE = ['a "quoted", name', "two\nlines\r\n", "", "\\N", "\\x00", "NULL", " ü☂ ", "t", "\\.", "a,b;c"]


@pytest.fixture
def dataset_id(engine: Engine, blobs: ObjectBlobStore) -> str:
    """A dataset of 12 samples with hostile names, and a job with results."""
    with session_scope(engine) as session:
        dataset = factories.make_dataset(session, blobs)
        for sample, name in zip(factories.get_samples(session, dataset), HOSTILE, strict=False):
            sample.file_name, sample.external_id = name, None if sample.position % 2 else name
        session.flush()
        factories.make_succeeded_job(session, dataset)
        return dataset.id


def test_values_are_those_of_the_orm(engine: Engine, dataset_id: str) -> None:
    statement = (
        select(
            Sample.id,
            Sample.file_name,
            Sample.external_id,
            Sample.settled_label,
            type_coerce(Sample.verdict, String).label("verdict"),
            Result.label_score,
            Result.is_label_issue,
            Result.soft_label,
            Result.soft_label_classes,
        )
        .join(Result, Result.sample_id == Sample.id)
        .where(Sample.dataset_id == dataset_id)
        .order_by(Sample.position)
    )
    with session_scope(engine, read_only=True) as session:
        expected = [tuple(row) for row in session.execute(statement)]
        (batch,) = read_batches(session, statement)
    assert [tuple(row.values()) for row in batch.to_pylist()] == expected
    assert len(expected) == 12
    assert {name for _, name, *_ in expected} >= set(HOSTILE)


def test_nothing_is_no_batch(engine: Engine, dataset_id: str) -> None:
    with session_scope(engine, read_only=True) as session:
        assert list(read_batches(session, select(Sample.id).where(Sample.dataset_id == "none"))) == []


def test_many_rows_come_in_batches(engine: Engine, dataset_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.database.bulk_read.BATCH_ROWS", 5)
    monkeypatch.setattr("store.database.bulk_read.BLOCK_BYTES", 200)
    statement = select(Sample.id, Sample.sha256).where(Sample.dataset_id == dataset_id).order_by(Sample.id)
    with session_scope(engine, read_only=True) as session:
        batches = list(read_batches(session, statement))
        assert [row for batch in batches for row in batch.column("id").to_pylist()] == list(
            session.scalars(select(Sample.id).where(Sample.dataset_id == dataset_id).order_by(Sample.id))
        )
    assert len(batches) > 2
