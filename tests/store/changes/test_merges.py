"""Merging classes and taking them apart: every label reads as before, decisions made in between stay."""

from typing import Any

from sqlalchemy import Engine, select

from mslg_rules.verdict import Verdict
from store.changes.class_edits import merge_classes
from store.changes.undo import undo_change
from store.database.engine import session_scope
from store.models import Change, ChangeKind, Dataset, Job, Sample, Verification
from store.results.auto_accept import read_candidates
from store.verification.record import verify
from store.verification.settlement import change_overlap
from store.verification.verified_set import verified_set

CAT, DOG, OWL = 0, 1, 2


def rows(engine: Engine, model: type[Any]) -> list[tuple[Any, ...]]:
    """All rows of a table."""
    with session_scope(engine, read_only=True) as session:
        return [tuple(row) for row in session.execute(select(*model.__table__.c).order_by(model.id))]


def samples(engine: Engine, dataset: Dataset) -> list[Sample]:
    """The samples in order; sample i has the given label i modulo 3."""
    with session_scope(engine, read_only=True) as session:
        statement = select(Sample).where(Sample.dataset_id == dataset.id).order_by(Sample.position)
        return list(session.scalars(statement))


def decide(engine: Engine, sample_id: int, label: int, reviewer: str = "ann") -> None:
    """One reviewer's decision for a class."""
    with session_scope(engine) as session:
        given = session.get_one(Sample, sample_id).given_label
        verdict = Verdict.CORRECT if given == label else Verdict.WRONG
        verify(session, sample_id, verdict, label, reviewer=reviewer)


def merge(engine: Engine, dataset: Dataset, source: int, target: int) -> int:
    """Merge; returns the number of the change."""
    with session_scope(engine) as session:
        merge_classes(session, dataset.id, source, target, "Ann")
        return session.get_one(Dataset, dataset.id).version


def undo(engine: Engine, dataset: Dataset, number: int) -> Change:
    """Undo the change."""
    with session_scope(engine) as session:
        return undo_change(session, dataset.id, number, "Ann")


def test_counts_and_verdicts_follow_a_merge(engine: Engine, dataset: Dataset) -> None:
    cats = [sample.id for sample in samples(engine, dataset) if sample.given_label == CAT]
    decide(engine, cats[0], DOG)
    decide(engine, cats[1], OWL)
    merge(engine, dataset, CAT, DOG)
    with session_scope(engine, read_only=True) as session:
        row = session.get_one(Dataset, dataset.id)
        counted = verified_set(session, row)
        assert [(one.label, one.given, one.total) for one in counted.classes] == [
            ("dog", 20, 1),
            ("owl", 10, 1),
        ]
        assert session.get_one(Sample, cats[0]).verdict is Verdict.CORRECT
        assert session.get_one(Sample, cats[1]).verdict is Verdict.WRONG
        assert row.class_map.labels == ["dog", "dog", "owl"]


def test_an_undo_restores_every_row(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        change_overlap(session, dataset.id, 2)
    ids = [sample.id for sample in samples(engine, dataset)]
    for reviewer, label in [("ann", CAT), ("bob", DOG)]:
        decide(engine, ids[0], label, reviewer)  # contested: they agree once the classes are one
        decide(engine, ids[3], DOG, reviewer)
        decide(engine, ids[6], OWL if reviewer == "ann" else label, reviewer)  # contested all the time
    before = rows(engine, Sample), rows(engine, Verification)
    number = merge(engine, dataset, CAT, DOG)
    settled = {sample.id: sample.verdict for sample in samples(engine, dataset)}
    assert [settled[ids[place]] for place in (0, 3, 6)] == [Verdict.CORRECT, Verdict.CORRECT, None]
    assert rows(engine, Verification) == before[1]
    undone = undo(engine, dataset, number)
    assert (rows(engine, Sample), rows(engine, Verification)) == before
    assert (undone.kind, undone.undoes, undone.details["kind"]) == (
        ChangeKind.UNDONE,
        number,
        "classes_merged",
    )


def test_the_undo_of_an_undo_merges_again(engine: Engine, dataset: Dataset) -> None:
    number = merge(engine, dataset, CAT, DOG)
    merged = rows(engine, Dataset)[0]
    undo(engine, dataset, undo(engine, dataset, number).number)
    again = rows(engine, Dataset)[0]
    version = list(Dataset.__table__.c.keys()).index("version")
    assert again[:version] == merged[:version]


def test_decisions_made_in_between_stay(engine: Engine, dataset: Dataset) -> None:
    cat, _, owl, *_ = (sample.id for sample in samples(engine, dataset))
    number = merge(engine, dataset, CAT, DOG)
    decide(engine, owl, DOG)
    with session_scope(engine) as session:  # a page that was loaded before the merge
        verify(session, cat, Verdict.WRONG, DOG, reviewer="ann")
    undo(engine, dataset, number)
    found = {sample.id: (sample.verdict, sample.settled_label) for sample in samples(engine, dataset)}
    assert found[owl] == (Verdict.WRONG, DOG)
    assert found[cat] == (Verdict.CORRECT, CAT)  # the given label was confirmed, whatever it was called


def test_merges_of_merged_classes_are_undone_in_any_order(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        session.get_one(Dataset, dataset.id).classes = ["cat", "dog", "owl", "cow"]
    first, second = merge(engine, dataset, CAT, DOG), merge(engine, dataset, DOG, OWL)
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Dataset, dataset.id).class_map.labels == ["owl", "owl", "owl", "cow"]
    undo(engine, dataset, first)
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Dataset, dataset.id).class_map.labels == ["cat", "owl", "owl", "cow"]
    undo(engine, dataset, second)
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Dataset, dataset.id).class_map.labels == ["cat", "dog", "owl", "cow"]


def test_suggestions_within_a_merged_class_are_no_candidates(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine, read_only=True) as session:
        before = read_candidates(session, job.id)
    merge(engine, dataset, CAT, DOG)
    with session_scope(engine, read_only=True) as session:
        after = read_candidates(session, job.id)
    kept = [pair for pair in zip(before.given, before.suggested, strict=True) if {CAT, DOG} != set(pair)]
    assert 0 < len(before.given) > len(after.given) == len(kept)
    assert not (after.given == after.suggested).any()
