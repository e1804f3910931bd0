"""Results are written in bulk when the job succeeds, or not at all."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, select

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import SupersededError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Result, SuspectedLabelError, WorkStatus
from store.results import results
from store.results.results import (
    ResultRows,
    SuspectedError,
    pack_soft_label,
    save_results,
    save_suspected_errors,
    unpack_neighbours,
    unpack_soft_label,
    unpack_trajectory,
)
from store.tasks import lifecycle
from tests.factories import get_samples, make_dataset, make_job, make_results

LEASE = timedelta(seconds=30)


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=7)


@pytest.fixture
def rows(engine: Engine, dataset: Dataset) -> ResultRows:
    with session_scope(engine, read_only=True) as session:
        return make_results(get_samples(session, dataset), len(dataset.classes))


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job in its first attempt."""
    with session_scope(engine) as session:
        job = make_job(session, dataset)
        lifecycle.claim(session, Job, job.id, LEASE)
        return job


def read(engine: Engine, job: Job) -> list[Result]:
    with session_scope(engine, read_only=True) as session:
        return list(session.scalars(select(Result).where(Result.job_id == job.id).order_by(Result.sample_id)))


@pytest.mark.parametrize("batch", [3, 50_000])
def test_every_value_is_read_back(
    engine: Engine, job: Job, rows: ResultRows, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "BATCH_ROWS", batch)
    with session_scope(engine) as session:
        save_results(session, job.id, 1, rows, {"num_samples": 7})

    stored = read(engine, job)
    assert [row.sample_id for row in stored] == rows.sample_ids.tolist()
    assert [row.given for row in stored] == rows.given.tolist()
    assert [row.suggested for row in stored] == rows.suggested.tolist()
    assert [row.label_score for row in stored] == rows.label_scores.tolist()
    assert [row.rank for row in stored] == rows.ranks.tolist()
    assert [row.confidence for row in stored] == rows.confidences.tolist()
    assert unpack_trajectory(stored[0].trajectory) == [(1.0, 0.0), (0.2, 0.8)]
    first, last = rows.sample_ids[0], rows.sample_ids[-1]
    assert {unpack_neighbours(row.neighbours) for row in stored} == {((first,), (last,))}
    assert [row.is_label_issue for row in stored] == rows.is_label_issue.tolist()
    assert [unpack_soft_label(row.soft_label) for row in stored] == rows.soft_labels.tolist()
    with session_scope(engine, read_only=True) as session:
        saved = lifecycle.get(session, Job, job.id)
    assert saved.status is WorkStatus.SUCCEEDED
    assert saved.summary == {"num_samples": 7}


def test_a_superseded_attempt_writes_nothing(engine: Engine, job: Job, rows: ResultRows) -> None:
    with session_scope(engine) as session:
        lifecycle.requeue_expired(session, Job, utc_now() + 2 * LEASE)
    with pytest.raises(SupersededError), session_scope(engine) as session:
        save_results(session, job.id, 1, rows, {})
    assert read(engine, job) == []


def test_a_failure_half_way_leaves_the_job_running(engine: Engine, job: Job, rows: ResultRows) -> None:
    def fail_half_way() -> None:
        with session_scope(engine) as session:
            save_results(session, job.id, 1, rows, {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert read(engine, job) == []
    with session_scope(engine, read_only=True) as session:
        assert lifecycle.get(session, Job, job.id).status is WorkStatus.RUNNING


def test_rows_of_an_earlier_attempt_are_replaced(engine: Engine, job: Job, rows: ResultRows) -> None:
    with session_scope(engine) as session:
        stale = Result(
            job_id=job.id, sample_id=int(rows.sample_ids[0]), given=0, suggested=0, label_score=0.5
        )
        stale.rank, stale.is_label_issue, stale.confidence, stale.soft_label = 99, False, 0.5, b""
        session.add(stale)
    with session_scope(engine) as session:
        save_results(session, job.id, 1, rows, {})
    assert sorted(row.rank for row in read(engine, job)) == list(range(1, 8))


def suspected(engine: Engine, job: Job) -> set[tuple[int, int, int, float]]:
    with session_scope(engine, read_only=True) as session:
        rows = session.scalars(select(SuspectedLabelError).where(SuspectedLabelError.job_id == job.id))
        return {(row.sample_id, row.settled_label, row.suggested, row.probability) for row in rows}


def test_suspected_errors_of_an_earlier_attempt_are_replaced(engine: Engine, job: Job) -> None:
    for suspected_errors in (
        [SuspectedError(1, 0, 1, 0.5), SuspectedError(2, 0, 1, 0.25)],
        [SuspectedError(2, 1, 0, 0.125)],
        [],
    ):
        with session_scope(engine) as session:
            save_suspected_errors(session, job.id, suspected_errors)
        assert suspected(engine, job) == set(suspected_errors)


def test_a_confirmed_class_is_not_queued_for_re_review_again(
    engine: Engine, job: Job, dataset: Dataset
) -> None:
    with session_scope(engine) as session:
        save_suspected_errors(session, job.id, [SuspectedError(1, 0, 1, 0.5), SuspectedError(2, 0, 1, 0.25)])
        session.get_one(SuspectedLabelError, (job.id, 1)).resolved_at = utc_now()
        later = make_job(session, dataset)
    with session_scope(engine) as session:
        save_suspected_errors(
            session, later.id, [SuspectedError(1, 0, 1, 0.25), SuspectedError(2, 0, 1, 0.25)]
        )
    assert suspected(engine, later) == {(2, 0, 1, 0.25)}
    with session_scope(engine) as session:  # a class that was chosen since
        save_suspected_errors(session, later.id, [SuspectedError(1, 2, 1, 0.25)])
    assert suspected(engine, later) == {(1, 2, 1, 0.25)}


def test_columns_of_different_lengths_are_refused(rows: ResultRows) -> None:
    columns = {name: getattr(rows, name) for name in ResultRows.__slots__}
    with pytest.raises(ValueError, match="differ in length"):
        ResultRows(**(columns | {"ranks": rows.ranks[:-1]}))


def test_soft_labels_survive_packing() -> None:
    probabilities = np.array([0.25, 0.75], dtype=np.float32)
    assert pack_soft_label(probabilities) == b"\0\0\x80>\0\0@?"
    assert unpack_soft_label(pack_soft_label(probabilities)) == [0.25, 0.75]
