"""Counts that the database keeps: they equal a recount after every kind of change."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from store.database.engine import session_scope
from store.models import Dataset, DecidedResult, Job, ResultCount, Sample, SampleCount, Verdict
from store.results.result_counts import count_accepted, miscounted_jobs, read_counts, recount_results
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.record import verify
from store.verification.sample_counts import count_fresh, miscounted_datasets, recount_samples
from tests.factories import CLASSES, get_samples

Change = Callable[[Session, Dataset], None]


def _decide(session: Session, dataset: Dataset) -> None:
    for sample, verdict in zip(get_samples(session, dataset), list(Verdict)[2:5], strict=False):
        verify(session, sample.id, verdict, reviewer="ann")


def _change_mind(session: Session, dataset: Dataset) -> None:
    _decide(session, dataset)
    first, second, *_ = get_samples(session, dataset)
    verify(session, first.id, Verdict.UNSURE, reviewer="ann")
    verify(session, second.id, Verdict.WITHDRAWN, reviewer="ann")


def _upload(session: Session, dataset: Dataset) -> None:
    names = [sample.file_name for sample in get_samples(session, dataset)]
    rows = [UploadRow(line, KeyKind.FILE_NAME, name, CLASSES[line % 2]) for line, name in enumerate(names)]
    upload_verifications(session, dataset.id, rows)


def _remove(session: Session, dataset: Dataset) -> None:
    _decide(session, dataset)
    session.execute(update(Sample).where(Sample.position < 5).values(removed_at=dataset.created_at))


def _restore(session: Session, dataset: Dataset) -> None:
    _remove(session, dataset)
    session.execute(update(Sample).where(Sample.position < 2).values(removed_at=None))


def _relabel(session: Session, dataset: Dataset) -> None:
    session.execute(update(Sample).where(Sample.position < 5).values(given_label=1, num_opinions=2))


def _delete_some(session: Session, dataset: Dataset) -> None:
    session.execute(delete(Sample).where(Sample.dataset_id == dataset.id, Sample.position > 20))
    recount_results(session)


CHANGES = [_decide, _change_mind, _upload, _remove, _restore, _relabel, _delete_some]


@pytest.mark.parametrize("change", CHANGES)
def test_kept_counts_equal_a_recount(engine: Engine, dataset: Dataset, job: Job, change: Change) -> None:
    with session_scope(engine) as session:
        change(session, dataset)
    with session_scope(engine, read_only=True) as session:
        assert miscounted_datasets(session) == miscounted_jobs(session) == set()
        decided = Sample.verdict.is_not(None)
        assert read_counts(session, job.id).count(decided=True) == len(
            session.scalars(select(Sample.id).where(decided)).all()
        )


def test_a_wrong_count_is_found_and_mended(engine: Engine, dataset: Dataset, job: Job) -> None:
    with session_scope(engine) as session:
        _decide(session, dataset)
        session.execute(update(SampleCount).values(num=SampleCount.num + 1))
        session.execute(delete(DecidedResult))
    with session_scope(engine) as session:
        assert miscounted_datasets(session) == {dataset.id}
        assert miscounted_jobs(session) == {job.id}
        recount_samples(session)
        recount_results(session)
    with session_scope(engine, read_only=True) as session:
        assert miscounted_datasets(session) == miscounted_jobs(session) == set()


def test_counts_go_with_their_dataset(engine: Engine, dataset: Dataset, job: Job) -> None:
    with session_scope(engine) as session:
        _decide(session, dataset)
        session.delete(session.get_one(Dataset, dataset.id))
    with session_scope(engine, read_only=True) as session:
        for model in (SampleCount, DecidedResult, ResultCount):
            assert session.scalars(select(model)).first() is None


def test_fresh_samples_are_those_nobody_looked_at(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        before = count_fresh(session, dataset)
        verify(session, get_samples(session, dataset)[0].id, Verdict.UNSURE, reviewer="ann")
        assert (before, count_fresh(session, dataset)) == (30, 29)


def test_any_threshold_counts_what_it_accepts(engine: Engine, job: Job) -> None:
    from store.models import Result

    with session_scope(engine, read_only=True) as session:
        counts = read_counts(session, job.id)
        flagged = session.scalars(select(Result.confidence).where(Result.is_label_issue)).all()
        for threshold in (0.0, *flagged, 1.0):
            accepted = count_accepted(session, job.id, counts, threshold)
            expected = [confidence for confidence in flagged if confidence >= threshold]
            assert accepted.num == len(expected)
            assert accepted.wrong_suggested == pytest.approx(sum(1 - one for one in expected), abs=1e-6)
