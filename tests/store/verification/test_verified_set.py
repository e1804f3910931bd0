"""Single decisions: what they settle, how they are withdrawn, which split their samples join."""

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.errors import NotFoundError, NothingToUndoError, TooFewVerifiedError, VerificationError
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job, Sample, Selection, Split, Verdict
from store.verification.record import history, verify
from store.verification.verified_set import class_index, require_enough, verified_set
from tests.factories import get_samples, make_dataset, make_job, verify_given

CAT, DOG, OWL = 0, 1, 2


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Twelve samples of three classes in turn, nothing verified."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs)


@pytest.fixture
def cat(engine: Engine, dataset: Dataset) -> Sample:
    """The first sample, given as a cat."""
    with session_scope(engine, read_only=True) as session:
        return get_samples(session, dataset)[0]


def decide(
    engine: Engine,
    sample: Sample,
    verdict: Verdict,
    label: int | None = None,
    *,
    reviewer: str = "ann",
    job: Job | None = None,
) -> Sample:
    """Verify in a transaction of its own; return the sample as it then is."""
    with session_scope(engine) as session:
        verify(session, sample.id, verdict, label, reviewer=reviewer, job_id=job.id if job else None)
    with session_scope(engine, read_only=True) as session:
        return session.get_one(Sample, sample.id)


@pytest.mark.parametrize(
    ("verdict", "label", "settled"),
    [
        (Verdict.CORRECT, None, CAT),
        (Verdict.CORRECT, CAT, CAT),
        (Verdict.WRONG, DOG, DOG),
        (Verdict.WRONG_UNKNOWN, None, None),
        (Verdict.UNSURE, None, None),
        (Verdict.UNUSABLE, None, None),
    ],
)
def test_a_verdict_is_folded_into_its_sample(
    engine: Engine, cat: Sample, verdict: Verdict, label: int | None, settled: int | None
) -> None:
    sample = decide(engine, cat, verdict, label)
    assert sample.verdict is verdict
    assert sample.settled_label == settled
    assert (sample.split is not None) == (settled is not None)


@pytest.mark.parametrize(
    ("verdict", "label", "code"),
    [
        (Verdict.WRONG, None, "label_missing"),
        (Verdict.WRONG, CAT, "label_contradicts"),
        (Verdict.WRONG, 3, "unknown_class"),
        (Verdict.WRONG, -1, "unknown_class"),
        (Verdict.CORRECT, DOG, "label_contradicts"),
        (Verdict.UNSURE, DOG, "label_not_expected"),
        (Verdict.WITHDRAWN, DOG, "label_not_expected"),
    ],
)
def test_invalid_decisions_are_refused(
    engine: Engine, cat: Sample, verdict: Verdict, label: int | None, code: str
) -> None:
    with pytest.raises(VerificationError) as caught:
        decide(engine, cat, verdict, label)
    assert caught.value.code == code


def test_the_newest_decision_of_any_reviewer_decides(engine: Engine, cat: Sample) -> None:
    decide(engine, cat, Verdict.CORRECT, reviewer="ann")
    sample = decide(engine, cat, Verdict.WRONG, DOG, reviewer="bob")
    assert sample.settled_label == DOG
    assert decide(engine, cat, Verdict.UNSURE, reviewer="ann").verdict is Verdict.UNSURE


def test_undo_restores_the_previous_decision(engine: Engine, cat: Sample) -> None:
    decide(engine, cat, Verdict.CORRECT, reviewer="ann")
    decide(engine, cat, Verdict.WRONG, DOG, reviewer="bob")
    decide(engine, cat, Verdict.UNUSABLE, reviewer="bob")

    assert decide(engine, cat, Verdict.WITHDRAWN, reviewer="bob").settled_label == DOG
    assert decide(engine, cat, Verdict.WITHDRAWN, reviewer="bob").settled_label == CAT
    sample = decide(engine, cat, Verdict.WITHDRAWN, reviewer="ann")
    assert sample.verdict is None
    assert sample.settled_label is None
    with pytest.raises(NothingToUndoError, match="no decision by ann"):
        decide(engine, cat, Verdict.WITHDRAWN, reviewer="ann")


def test_undo_does_not_withdraw_an_upload(engine: Engine, dataset: Dataset, cat: Sample) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
    with pytest.raises(NothingToUndoError):
        decide(engine, cat, Verdict.WITHDRAWN, reviewer="")
    decide(engine, cat, Verdict.WRONG, DOG, reviewer="")
    assert decide(engine, cat, Verdict.WITHDRAWN, reviewer="").settled_label == CAT


def test_the_history_is_append_only(engine: Engine, cat: Sample) -> None:
    decide(engine, cat, Verdict.CORRECT)
    decide(engine, cat, Verdict.WITHDRAWN)
    with session_scope(engine, read_only=True) as session:
        recorded = [(v.verdict, v.label, v.reviewer) for v in history(session, cat.id)]
    assert recorded == [(Verdict.CORRECT, CAT, "ann"), (Verdict.WITHDRAWN, None, "ann")]


def test_a_split_never_changes(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
    with session_scope(engine, read_only=True) as session:
        held_out = next(s for s in get_samples(session, dataset) if s.split is Split.HOLDOUT)
        other = ((held_out.given_label or 0) + 1) % 3
    assert decide(engine, held_out, Verdict.WRONG, other).split is Split.HOLDOUT
    assert decide(engine, held_out, Verdict.UNSURE).split is Split.HOLDOUT


def test_one_sample_of_each_class_leaves_a_hold_out(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        one_each = get_samples(session, dataset)[:3]
    assert len({sample.given_label for sample in one_each}) == 3
    splits = [decide(engine, sample, Verdict.CORRECT).split for sample in one_each]
    assert splits == [Split.META, Split.META, Split.HOLDOUT]


def test_ranked_samples_join_the_meta_set(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        job = make_job(session, dataset)
        cats = [s for s in get_samples(session, dataset) if s.given_label == CAT]
    for sample in cats:
        settled = decide(engine, sample, Verdict.CORRECT, job=job)
        assert settled.split is Split.META
        assert settled.selection is Selection.RANKED


def test_the_verified_set_is_counted_by_class(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
        counted = require_enough(session, dataset)
    assert (counted.total, counted.meta, counted.holdout, counted.ready) == (9, 6, 3, True)

    with session_scope(engine) as session:
        sample = get_samples(session, dataset)[0]
        verify(session, sample.id, Verdict.UNUSABLE)
        counted = verified_set(session, dataset)
        with pytest.raises(TooFewVerifiedError, match="more of 'cat'") as caught:
            require_enough(session, dataset)
    assert not counted.ready
    assert counted.missing == 1
    assert [c.needed for c in counted.classes] == [1, 0, 0]
    assert caught.value.missing == {"cat": 1}


def test_a_class_needs_at_most_as_many_labels_as_it_has_samples(
    engine: Engine, blobs: ObjectBlobStore
) -> None:
    with session_scope(engine) as session:
        rare = make_dataset(session, blobs, num_samples=2, classes=["cat", "dog"])
        assert [c.needed for c in verified_set(session, rare).classes] == [1, 1]
        for sample in get_samples(session, rare):
            verify(session, sample.id, Verdict.CORRECT)
        assert require_enough(session, rare).total == 2


def test_unknown_samples_jobs_and_classes_are_refused(engine: Engine, dataset: Dataset, cat: Sample) -> None:
    with pytest.raises(NotFoundError, match="no sample 999"), session_scope(engine) as session:
        verify(session, 999, Verdict.CORRECT)
    with pytest.raises(NotFoundError, match="job of this dataset"), session_scope(engine) as session:
        verify(session, cat.id, Verdict.CORRECT, job_id="nothing")
    with pytest.raises(VerificationError, match="no class 'cow'"):
        class_index(dataset, "cow")
    assert class_index(dataset, "owl") == OWL
