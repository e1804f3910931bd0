"""Removed images are in no query that does not ask for them, and come back as they were."""

from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from mslg_rules.verdict import Verdict
from store.changes.removal import list_removed, remove_images, restore_images
from store.changes.undo import undo_change
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.errors import NotFoundError
from store.models import REMOVED_TOO, Dataset, Job, Queue, Result, Sample, Verification
from store.results.auto_accept import read_candidates
from store.review.queues import QueueQuery, count_open, open_samples
from store.statistics.audit_log import list_trail
from store.verification.record import verify
from store.verification.trail_filter import TrailFilter
from store.verification.verified_set import verified_set
from tests.factories import get_samples, verify_given


def table(engine: Engine) -> list[tuple[Any, ...]]:
    """All samples, removed ones too."""
    with session_scope(engine, read_only=True) as session:
        statement = select(*Sample.__table__.c).order_by(Sample.id)
        return [tuple(row) for row in session.execute(statement.execution_options(**REMOVED_TOO))]


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[int]:
    """The samples' ids, in order; one of each class is verified."""
    with session_scope(engine) as session:
        verify_given(session, dataset, per_class=1)
        return [sample.id for sample in get_samples(session, dataset)]


def test_no_query_finds_a_removed_image(engine: Engine, dataset: Dataset, job: Job, ids: list[int]) -> None:
    gone = set(ids[:6])
    with session_scope(engine) as session:
        assert remove_images(session, dataset.id, gone, "Ann") == 6
    review, verify_queue = (QueueQuery("ann", queue, job.id) for queue in (Queue.REVIEW, Queue.VERIFY))
    with session_scope(engine, read_only=True) as session:
        row = session.get_one(Dataset, dataset.id)
        assert (row.num_samples, row.num_removed) == (24, 6)
        for query in (review, verify_queue):
            assert not gone & set(session.scalars(open_samples(row, query, utc_now())))
            assert count_open(session, row, query) == 24
        assert verified_set(session, row).total == 0
        assert len(read_candidates(session, job.id).confidence) < 10
        assert list_trail(session, dataset.id, TrailFilter(), None, 100) == []
        assert session.get(Sample, ids[0]) is None
        joined = select(func.count()).select_from(Result).join(Sample, Sample.id == Result.sample_id)
        assert session.scalar(joined) == 24
        with pytest.raises(NotFoundError):
            verify(session, ids[0], Verdict.UNSURE)


def test_an_undo_restores_every_row(engine: Engine, dataset: Dataset, ids: list[int]) -> None:
    before = table(engine)
    with session_scope(engine) as session:
        remove_images(session, dataset.id, ids[:6], "Ann")
        number = session.get_one(Dataset, dataset.id).version
        assert remove_images(session, dataset.id, ids[:7]) == 1  # the others were removed before
        undone = undo_change(session, dataset.id, number)
        assert undone.details == {"kind": "images_removed", "images": 6}
        assert [sample.id for sample in list_removed(session, dataset.id, None, 9)] == [ids[6]]
        assert restore_images(session, dataset.id, [ids[6]]) == 1
    assert table(engine) == before
    with session_scope(engine) as session:
        again = undo_change(session, dataset.id, undone.number)
        assert again.details["images"] == 6
        undo_change(session, dataset.id, again.number)
        row = session.get_one(Dataset, dataset.id)
        assert (row.num_samples, row.num_removed) == (30, 0)
    assert table(engine) == before


def test_an_image_of_another_dataset_is_refused(engine: Engine, dataset: Dataset, ids: list[int]) -> None:
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        remove_images(session, dataset.id, [*ids[:2], 999_999])
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Dataset, dataset.id).num_removed == 0


def test_decisions_are_kept(engine: Engine, dataset: Dataset, ids: list[int]) -> None:
    with session_scope(engine) as session:
        count = session.scalar(select(func.count(Verification.id)))
        remove_images(session, dataset.id, ids)
        assert session.scalar(select(func.count(Verification.id))) == count == 3
