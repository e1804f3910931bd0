"""Batches of decisions, withdrawals, and changes of the overlap."""

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.errors import AlreadyWithdrawnError, BatchVerificationError, NotFoundError, VerificationError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Role, Sample, Selection, Split, Verdict, Verification
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.decision import Decision
from store.verification.record import history, verify, verify_many, withdraw
from store.verification.settlement import change_overlap
from tests.factories import get_samples, make_dataset, make_job
from tests.store.reviewing import CAT, DOG, OWL, configure, decide


@pytest.fixture
def cats(engine: Engine, dataset: Dataset) -> list[int]:
    """Ids of the cats."""
    return [sample.id for sample in read(engine, dataset) if sample.given_label == CAT]


def read(engine: Engine, dataset: Dataset) -> list[Sample]:
    """The samples as they are now."""
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, dataset)


def state(engine: Engine, sample_id: int) -> tuple[int | None, int, bool]:
    """The sample's settled class, number of opinions, and whether it is contested."""
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, sample_id)
        return sample.settled_label, sample.num_opinions, sample.contested


def decide_many(
    engine: Engine, dataset: Dataset, decisions: list[Decision], **options: Any
) -> list[Verification]:
    """Record a batch by ann in a transaction of its own."""
    with session_scope(engine) as session:
        return verify_many(session, dataset.id, decisions, reviewer="ann", **options)


def test_a_batch_is_equivalent_to_single_decisions(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    decisions = [Decision(key, Verdict.CORRECT) for key in reversed(cats[:9])] + [
        Decision(cats[9], Verdict.WRONG, DOG)
    ]
    added = decide_many(engine, dataset, decisions)
    assert [v.sample_id for v in added] == [decision.sample_id for decision in decisions]
    samples = [s for s in read(engine, dataset) if s.id in cats]
    assert [s.settled_label for s in samples] == [CAT] * 9 + [DOG]
    halves = [s.split for s in samples if s.settled_label == CAT]
    assert (halves.count(Split.META), halves.count(Split.HOLDOUT)) == (6, 3)


def test_a_hash_of_the_names_decides_who_of_a_batch_is_held_out(
    engine: Engine, dataset: Dataset, cats: list[int]
) -> None:
    decide_many(engine, dataset, [Decision(key, Verdict.CORRECT) for key in cats])
    in_order = sorted(
        (s for s in read(engine, dataset) if s.id in cats),
        key=lambda s: sha256(s.file_name.encode()).digest(),
    )
    letters = "".join(s.split[0] for s in in_order if s.split)
    assert letters == "mmhmhmmmhm"


def test_a_batch_through_a_ranking_joins_the_meta_set(
    engine: Engine, dataset: Dataset, cats: list[int]
) -> None:
    with session_scope(engine) as session:
        job = make_job(session, session.merge(dataset))
    decide_many(engine, dataset, [Decision(key, Verdict.CORRECT) for key in cats], job_id=job.id)
    assert {s.split for s in read(engine, dataset) if s.id in cats} == {Split.META}


def test_a_batch_may_take_back(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    decide_many(engine, dataset, [Decision(key, Verdict.CORRECT) for key in cats])
    decide_many(engine, dataset, [Decision(key, Verdict.WITHDRAWN) for key in cats])
    assert {s.settled_label for s in read(engine, dataset)} == {None}


def test_a_batch_with_bad_items_names_each_and_stores_none(
    engine: Engine, dataset: Dataset, blobs: ObjectBlobStore, cats: list[int]
) -> None:
    with session_scope(engine) as session:
        stranger = get_samples(session, make_dataset(session, blobs))[0].id
    decisions = [
        Decision(cats[0], Verdict.CORRECT),
        Decision(cats[1], Verdict.WRONG),
        Decision(cats[0], Verdict.UNSURE),
        Decision(999_999, Verdict.CORRECT),
        Decision(stranger, Verdict.CORRECT),
        Decision(cats[2], Verdict.WITHDRAWN),
    ]
    with pytest.raises(BatchVerificationError, match="5 bad items") as caught:
        decide_many(engine, dataset, decisions)
    assert [(e.name, e.code) for e in caught.value.errors] == [
        ("items.1", "label_missing"),
        ("items.2", "duplicate"),
        ("items.3", "not_found"),
        ("items.4", "not_found"),
        ("items.5", "nothing_to_undo"),
    ]
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Verification)).all() == []


def test_resent_decisions_are_stored_once(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    decisions = [Decision(cats[0], Verdict.WRONG, DOG), Decision(cats[1], Verdict.UNSURE)]
    first = [v.id for v in decide_many(engine, dataset, decisions)]
    assert [v.id for v in decide_many(engine, dataset, decisions)] == first
    assert decide(engine, cats[0], "ann", DOG).id == first[0]
    with session_scope(engine) as session:
        assert len(history(session, cats[0])) == 1
        verify(session, cats[0], Verdict.WITHDRAWN, reviewer="ann")
    assert state(engine, cats[0]) == (None, 0, False)
    assert decide(engine, cats[0], "ann", DOG).id > first[1]  # decided again, not resent


def test_repeating_a_decision_after_another_reviewer_is_a_new_decision(
    engine: Engine, cats: list[int]
) -> None:
    first = decide(engine, cats[0], "ann", DOG)
    decide(engine, cats[0], "bob", OWL)
    assert decide(engine, cats[0], "ann", DOG).id > first.id
    assert state(engine, cats[0]) == (DOG, 2, False)


def test_anybody_can_withdraw_any_verification(engine: Engine, cats: list[int]) -> None:
    first = decide(engine, cats[0], "ann", DOG)
    decide(engine, cats[0], "ann", CAT)
    last = decide(engine, cats[0], "bob", OWL)
    with session_scope(engine) as session:
        withdrawal = withdraw(session, last.id, "boss")
    assert (withdrawal.reviewer, withdrawal.withdraws_id) == ("boss", last.id)
    assert state(engine, cats[0]) == (CAT, 1, False)
    with session_scope(engine) as session:
        withdraw(session, first.id, "boss")
    assert state(engine, cats[0]) == (CAT, 1, False)


def test_undo_withdraws_the_newest_active_decision(engine: Engine, cats: list[int]) -> None:
    first = decide(engine, cats[0], "ann", DOG)
    second = decide(engine, cats[0], "ann", OWL)
    with session_scope(engine) as session:
        withdraw(session, second.id, "boss")
        assert verify(session, cats[0], Verdict.WITHDRAWN, reviewer="ann").withdraws_id == first.id
    assert state(engine, cats[0]) == (None, 0, False)


def test_an_upload_can_be_withdrawn(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    with session_scope(engine) as session:
        upload_verifications(session, dataset.id, [UploadRow(2, KeyKind.EXTERNAL_ID, "id-0", "owl")])
        (uploaded,) = history(session, cats[0])
    assert state(engine, cats[0]) == (OWL, 0, False)
    with session_scope(engine) as session:
        withdraw(session, uploaded.id)
    assert state(engine, cats[0]) == (None, 0, False)


def test_invalid_withdrawals_are_refused(engine: Engine, cats: list[int]) -> None:
    decided = decide(engine, cats[0], "ann", DOG)
    with session_scope(engine) as session:
        withdrawal = withdraw(session, decided.id)
    with pytest.raises(AlreadyWithdrawnError, match="already"), session_scope(engine) as session:
        withdraw(session, decided.id)
    with pytest.raises(VerificationError, match="decide again") as caught, session_scope(engine) as session:
        withdraw(session, withdrawal.id)
    assert caught.value.code == "is_withdrawal"
    with pytest.raises(NotFoundError, match="no verification 99"), session_scope(engine) as session:
        withdraw(session, 99)


def test_raising_the_overlap(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    decide(engine, cats[0], "ann", CAT)
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 2)
    assert state(engine, cats[0]) == (CAT, 1, False)
    decide(engine, cats[1], "ann", CAT)
    assert state(engine, cats[1]) == (None, 1, False)
    decide(engine, cats[1], "bob", DOG)
    assert state(engine, cats[1]) == (None, 2, True)
    decide(engine, cats[0], "bob", DOG)
    assert state(engine, cats[0]) == (None, 2, True)


def test_lowering_the_overlap(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    configure(engine, dataset, overlap=3)
    for key, labels in zip(cats, [(DOG,), (DOG, DOG), (CAT, DOG), (CAT, DOG, DOG)], strict=False):
        for name, label in zip("abc", labels, strict=False):
            decide(engine, key, name, label)
    assert [state(engine, key) for key in cats[:3]] == [(None, 1, False), (None, 2, False), (None, 2, False)]
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 2)
    assert [state(engine, key) for key in cats[:3]] == [(None, 1, False), (DOG, 2, False), (None, 2, True)]
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 1)
    assert [state(engine, key)[0] for key in cats[:4]] == [DOG] * 4
    assert not any(sample.contested for sample in read(engine, dataset))


def test_raising_the_overlap_uncontests_samples_that_lack_opinions(
    engine: Engine, dataset: Dataset, cats: list[int]
) -> None:
    configure(engine, dataset, overlap=2)
    decide(engine, cats[0], "ann", CAT)
    decide(engine, cats[0], "bob", DOG)
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 3)
    assert state(engine, cats[0]) == (None, 2, False)
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        change_overlap(session, "nothing", 3)


def test_an_upload_settles_a_contested_sample(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    configure(engine, dataset, overlap=2)
    decide(engine, cats[0], "ann", CAT)
    decide(engine, cats[0], "bob", DOG)
    with session_scope(engine) as session:
        upload_verifications(session, dataset.id, [UploadRow(2, KeyKind.EXTERNAL_ID, "id-0", "owl")])
    assert state(engine, cats[0]) == (OWL, 2, False)


def test_one_ranked_opinion_makes_a_sample_ranked(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    with session_scope(engine) as session:
        job = make_job(session, session.merge(dataset))
    configure(engine, dataset, overlap=2)
    for key in cats:
        decide(engine, key, "ann", CAT, job_id=job.id)
        decide(engine, key, "bob", CAT)
    assert all(s.selection is Selection.RANKED for s in read(engine, dataset) if s.id in cats)


def test_a_decision_without_a_lease_is_an_opinion(engine: Engine, cats: list[int]) -> None:
    assert decide(engine, cats[0], "ann", CAT).role is Role.OPINION
