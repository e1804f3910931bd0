"""Many words at once, words taken back, and another number of people per sample."""

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.errors import AlreadyWithdrawnError, BatchVerificationError, NotFoundError, VerificationError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Role, Sample, Selection, Split, Verdict, Verification
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.record import Decision, change_overlap, history, verify, verify_many, withdraw
from tests.factories import get_samples, make_dataset, make_job
from tests.store.reviewing import CAT, DOG, OWL, prepare, say


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Thirty samples of three classes in turn, nothing verified."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=30)


@pytest.fixture
def cats(engine: Engine, dataset: Dataset) -> list[int]:
    """Ids of the cats."""
    return [sample.id for sample in read(engine, dataset) if sample.given_label == CAT]


def read(engine: Engine, dataset: Dataset) -> list[Sample]:
    """The samples as they are now."""
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, dataset)


def state(engine: Engine, sample_id: int) -> tuple[int | None, int, bool]:
    """The sample's class, how many opinions there are, whether it is contested."""
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, sample_id)
        return sample.settled_label, sample.num_opinions, sample.contested


def say_many(engine: Engine, dataset: Dataset, words: list[Decision], **said: Any) -> list[Verification]:
    """Say it in a transaction of its own."""
    with session_scope(engine) as session:
        return verify_many(session, dataset.id, words, reviewer="ann", **said)


def test_many_at_once_are_as_good_as_one_by_one(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    words = [Decision(key, Verdict.CORRECT) for key in reversed(cats[:9])] + [
        Decision(cats[9], Verdict.WRONG, DOG)
    ]
    added = say_many(engine, dataset, words)
    assert [v.sample_id for v in added] == [word.sample_id for word in words]
    samples = [s for s in read(engine, dataset) if s.id in cats]
    assert [s.settled_label for s in samples] == [CAT] * 9 + [DOG]
    halves = [s.split for s in samples if s.settled_label == CAT]
    assert (halves.count(Split.META), halves.count(Split.HOLDOUT)) == (6, 3)


def test_a_hash_of_the_names_decides_who_of_a_batch_is_held_out(
    engine: Engine, dataset: Dataset, cats: list[int]
) -> None:
    say_many(engine, dataset, [Decision(key, Verdict.CORRECT) for key in cats])
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
    say_many(engine, dataset, [Decision(key, Verdict.CORRECT) for key in cats], job_id=job.id)
    assert {s.split for s in read(engine, dataset) if s.id in cats} == {Split.META}


def test_a_batch_may_take_back(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    say_many(engine, dataset, [Decision(key, Verdict.CORRECT) for key in cats])
    say_many(engine, dataset, [Decision(key, Verdict.WITHDRAWN) for key in cats])
    assert {s.settled_label for s in read(engine, dataset)} == {None}


def test_every_bad_word_of_a_batch_is_named_and_none_is_taken(
    engine: Engine, dataset: Dataset, blobs: ObjectBlobStore, cats: list[int]
) -> None:
    with session_scope(engine) as session:
        stranger = get_samples(session, make_dataset(session, blobs))[0].id
    words = [
        Decision(cats[0], Verdict.CORRECT),
        Decision(cats[1], Verdict.WRONG),
        Decision(cats[0], Verdict.UNSURE),
        Decision(999_999, Verdict.CORRECT),
        Decision(stranger, Verdict.CORRECT),
        Decision(cats[2], Verdict.WITHDRAWN),
    ]
    with pytest.raises(BatchVerificationError, match="5 bad items") as caught:
        say_many(engine, dataset, words)
    assert [(e.name, e.code) for e in caught.value.errors] == [
        ("items.1", "label_missing"),
        ("items.2", "duplicate"),
        ("items.3", "not_found"),
        ("items.4", "not_found"),
        ("items.5", "nothing_to_undo"),
    ]
    with session_scope(engine, read_only=True) as session:
        assert session.scalars(select(Verification)).all() == []


def test_what_is_sent_twice_is_entered_once(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    words = [Decision(cats[0], Verdict.WRONG, DOG), Decision(cats[1], Verdict.UNSURE)]
    first = [v.id for v in say_many(engine, dataset, words)]
    assert [v.id for v in say_many(engine, dataset, words)] == first
    assert say(engine, cats[0], "ann", DOG).id == first[0]
    with session_scope(engine) as session:
        assert len(history(session, cats[0])) == 1
        verify(session, cats[0], Verdict.WITHDRAWN, reviewer="ann")
    assert state(engine, cats[0]) == (None, 0, False)
    assert say(engine, cats[0], "ann", DOG).id > first[1]  # said again, not sent again


def test_the_same_again_after_somebody_else_is_a_new_word(engine: Engine, cats: list[int]) -> None:
    first = say(engine, cats[0], "ann", DOG)
    say(engine, cats[0], "bob", OWL)
    assert say(engine, cats[0], "ann", DOG).id > first.id
    assert state(engine, cats[0]) == (DOG, 2, False)


def test_any_verification_can_be_taken_back_by_anybody(engine: Engine, cats: list[int]) -> None:
    first = say(engine, cats[0], "ann", DOG)
    say(engine, cats[0], "ann", CAT)
    last = say(engine, cats[0], "bob", OWL)
    with session_scope(engine) as session:
        taken_back = withdraw(session, last.id, "boss")
    assert (taken_back.reviewer, taken_back.withdraws_id) == ("boss", last.id)
    assert state(engine, cats[0]) == (CAT, 1, False)
    with session_scope(engine) as session:
        withdraw(session, first.id, "boss")
    assert state(engine, cats[0]) == (CAT, 1, False)


def test_undo_after_that_takes_back_what_still_stands(engine: Engine, cats: list[int]) -> None:
    first = say(engine, cats[0], "ann", DOG)
    second = say(engine, cats[0], "ann", OWL)
    with session_scope(engine) as session:
        withdraw(session, second.id, "boss")
        assert verify(session, cats[0], Verdict.WITHDRAWN, reviewer="ann").withdraws_id == first.id
    assert state(engine, cats[0]) == (None, 0, False)


def test_an_upload_can_be_taken_back(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    with session_scope(engine) as session:
        upload_verifications(session, dataset.id, [UploadRow(2, KeyKind.EXTERNAL_ID, "id-0", "owl")])
        (uploaded,) = history(session, cats[0])
    assert state(engine, cats[0]) == (OWL, 0, False)
    with session_scope(engine) as session:
        withdraw(session, uploaded.id)
    assert state(engine, cats[0]) == (None, 0, False)


def test_what_can_not_be_taken_back(engine: Engine, cats: list[int]) -> None:
    said = say(engine, cats[0], "ann", DOG)
    with session_scope(engine) as session:
        taken_back = withdraw(session, said.id)
    with pytest.raises(AlreadyWithdrawnError, match="already"), session_scope(engine) as session:
        withdraw(session, said.id)
    with pytest.raises(VerificationError, match="say it again") as caught, session_scope(engine) as session:
        withdraw(session, taken_back.id)
    assert caught.value.code == "is_withdrawal"
    with pytest.raises(NotFoundError, match="no verification 99"), session_scope(engine) as session:
        withdraw(session, 99)


def test_more_people_from_now_on(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    say(engine, cats[0], "ann", CAT)
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 2)
    assert state(engine, cats[0]) == (CAT, 1, False)
    say(engine, cats[1], "ann", CAT)
    assert state(engine, cats[1]) == (None, 1, False)
    say(engine, cats[1], "bob", DOG)
    assert state(engine, cats[1]) == (None, 2, True)
    say(engine, cats[0], "bob", DOG)
    assert state(engine, cats[0]) == (None, 2, True)


def test_fewer_people_from_now_on(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    prepare(engine, dataset, overlap=3)
    for key, labels in zip(cats, [(DOG,), (DOG, DOG), (CAT, DOG), (CAT, DOG, DOG)], strict=False):
        for name, label in zip("abc", labels, strict=False):
            say(engine, key, name, label)
    assert [state(engine, key) for key in cats[:3]] == [(None, 1, False), (None, 2, False), (None, 2, False)]
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 2)
    assert [state(engine, key) for key in cats[:3]] == [(None, 1, False), (DOG, 2, False), (None, 2, True)]
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 1)
    assert [state(engine, key)[0] for key in cats[:4]] == [DOG] * 4
    assert not any(sample.contested for sample in read(engine, dataset))


def test_more_people_uncontest_what_lacks_voices_again(
    engine: Engine, dataset: Dataset, cats: list[int]
) -> None:
    prepare(engine, dataset, overlap=2)
    say(engine, cats[0], "ann", CAT)
    say(engine, cats[0], "bob", DOG)
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 3)
    assert state(engine, cats[0]) == (None, 2, False)
    with pytest.raises(NotFoundError), session_scope(engine) as session:
        change_overlap(session, "nothing", 3)


def test_an_upload_ends_a_contest(engine: Engine, dataset: Dataset, cats: list[int]) -> None:
    prepare(engine, dataset, overlap=2)
    say(engine, cats[0], "ann", CAT)
    say(engine, cats[0], "bob", DOG)
    with session_scope(engine) as session:
        upload_verifications(session, dataset.id, [UploadRow(2, KeyKind.EXTERNAL_ID, "id-0", "owl")])
    assert state(engine, cats[0]) == (OWL, 2, False)


def test_where_voices_decide_one_led_by_a_ranking_is_not_fair(
    engine: Engine, dataset: Dataset, cats: list[int]
) -> None:
    with session_scope(engine) as session:
        job = make_job(session, session.merge(dataset))
    prepare(engine, dataset, overlap=2)
    for key in cats:
        say(engine, key, "ann", CAT, job_id=job.id)
        say(engine, key, "bob", CAT)
    assert all(s.selection is Selection.RANKED for s in read(engine, dataset) if s.id in cats)


def test_a_plain_word_is_an_opinion(engine: Engine, cats: list[int]) -> None:
    assert say(engine, cats[0], "ann", CAT).role is Role.OPINION
