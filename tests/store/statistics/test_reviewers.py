"""Each reviewer's record: number of decisions, accuracy on honeypots, pace."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from store.database.columns import utc_now
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Lease, Queue, Sample, Verdict, Verification
from store.statistics.reviewers import Mistake, ReviewerRecord, list_reviewers, pace
from store.verification.record import verify, withdraw
from tests.factories import get_samples, make_dataset, verify_given
from tests.store.reviewing import CAT, DOG, OWL, decide

NOON = utc_now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Thirty samples of three classes in turn, all verified by an upload."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs, num_samples=30)
        verify_given(session, dataset, per_class=9)
    return dataset


@pytest.fixture
def samples(engine: Engine, dataset: Dataset) -> list[Sample]:
    """The samples by position: cat, dog, owl, cat, ..."""
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, dataset)


def records(engine: Engine, dataset: Dataset) -> dict[str, ReviewerRecord]:
    """By name."""
    with session_scope(engine, read_only=True) as session:
        return {record.reviewer: record for record in list_reviewers(session, dataset)}


def honeypot(
    engine: Engine, sample: Sample, label: int | None, verdict: Verdict | None = None
) -> Verification:
    """Ann answers a honeypot."""
    with session_scope(engine) as session:
        session.add(
            Lease(
                sample_id=sample.id,
                reviewer="ann",
                dataset_id=sample.dataset_id,
                queue=Queue.VERIFY,
                is_honeypot=True,
                expires_at=utc_now(),
            )
        )
    if verdict is None:
        return decide(engine, sample.id, "ann", label)
    with session_scope(engine) as session:
        return verify(session, sample.id, verdict, reviewer="ann")


def test_no_reviewers(engine: Engine, dataset: Dataset) -> None:
    assert records(engine, dataset) == {}


def test_decisions_and_withdrawals_are_counted(
    engine: Engine, dataset: Dataset, samples: list[Sample]
) -> None:
    decisions = [decide(engine, sample.id, "ann", CAT) for sample in samples[-3:]]
    decide(engine, samples[-1].id, "", DOG)
    with session_scope(engine) as session:
        withdraw(session, decisions[0].id, "bob")
    found = records(engine, dataset)
    assert list(found) == ["", "ann"]
    ann = found["ann"]
    assert (ann.decisions, ann.withdrawn, ann.honeypots) == (3, 1, 0)
    assert ann.last_at == decisions[-1].created_at


def test_honeypot_answers_and_mistakes_are_counted(
    engine: Engine, dataset: Dataset, samples: list[Sample]
) -> None:
    cats = [sample for sample in samples[:27] if sample.given_label == CAT]
    honeypot(engine, cats[0], CAT)
    honeypot(engine, cats[1], DOG)
    honeypot(engine, cats[2], DOG)
    honeypot(engine, cats[3], OWL)
    honeypot(engine, cats[4], None, Verdict.UNUSABLE)
    honeypot(engine, cats[5], None)  # unsure
    honeypot(engine, cats[6], None, Verdict.WRONG_UNKNOWN)
    withdrawn = honeypot(engine, cats[7], OWL)
    with session_scope(engine) as session:
        withdraw(session, withdrawn.id, "ann")
    ann = records(engine, dataset)["ann"]
    assert (ann.decisions, ann.honeypots, ann.honeypots_right) == (8, 6, 1)
    assert ann.mistakes[0] == Mistake(CAT, DOG, 2)
    assert {(m.decided, m.count) for m in ann.mistakes[1:]} == {
        (OWL, 1),
        (Verdict.UNUSABLE, 1),
        (Verdict.WRONG_UNKNOWN, 1),
    }


def test_wrong_unknown_is_right_if_the_given_label_is_wrong(
    engine: Engine, dataset: Dataset, samples: list[Sample]
) -> None:
    decide(engine, samples[0].id, "bob", DOG)
    honeypot(engine, samples[0], None, Verdict.WRONG_UNKNOWN)
    ann = records(engine, dataset)["ann"]
    assert (ann.honeypots, ann.honeypots_right, ann.mistakes) == (1, 1, [])


def test_pace_excludes_pauses(engine: Engine, dataset: Dataset, samples: list[Sample]) -> None:
    for second, sample in zip((0, 10, 20, 600, 610), samples, strict=False):
        decision = decide(engine, sample.id, "ann", CAT)
        with session_scope(engine) as session:
            moment = NOON + timedelta(seconds=second)
            session.execute(
                update(Verification).where(Verification.id == decision.id).values(created_at=moment)
            )
    assert records(engine, dataset)["ann"].per_minute == pytest.approx(6)


@pytest.mark.parametrize("times", [[], [NOON], [NOON, NOON + timedelta(hours=1)], [NOON, NOON]])
def test_pace_is_undefined_for_too_few_decisions(times: list[object]) -> None:
    assert pace(times) is None  # type: ignore[arg-type]


def test_pace_excludes_batches() -> None:
    batch = [NOON + timedelta(microseconds=10 * step) for step in range(50)]
    assert pace(batch) is None
    assert pace([*batch, NOON + timedelta(seconds=10)]) == pytest.approx(6, rel=1e-3)
