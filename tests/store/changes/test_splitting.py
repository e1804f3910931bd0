"""A class that is split off a selection: decisions for it, and their withdrawal by the undo."""

import pytest
from sqlalchemy import Engine

from mslg_rules.verdict import Verdict
from store.changes.errors import ClassInUseError
from store.changes.splitting import split_class
from store.changes.undo import undo_change
from store.database.engine import session_scope
from store.models import Dataset, Sample
from store.verification.record import verify
from store.verification.verified_set import verified_set
from tests.factories import get_samples

NEW = 3


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[int]:
    """Five samples, which get the class `kitten`; the first had been found correct."""
    with session_scope(engine) as session:
        ids = [sample.id for sample in get_samples(session, dataset)][:5]
        verify(session, ids[0], Verdict.CORRECT, reviewer="bob")
        index = split_class(session, dataset.id, "kitten", ids, values={"key": "k"}, reviewer="Ann")
    assert index == NEW
    return ids


def count(engine: Engine, dataset: Dataset) -> dict[str, int]:
    """Settled samples by class."""
    with session_scope(engine, read_only=True) as session:
        counted = verified_set(session, session.get_one(Dataset, dataset.id))
        return {one.label: one.total for one in counted.classes}


def test_each_image_gets_a_decision(engine: Engine, dataset: Dataset, ids: list[int]) -> None:
    assert count(engine, dataset) == {"cat": 0, "dog": 0, "owl": 0, "kitten": 5}
    with session_scope(engine, read_only=True) as session:
        first = session.get_one(Sample, ids[0])
        assert (first.given_label, first.verdict, first.settled_label) == (0, Verdict.WRONG, NEW)
        assert session.get_one(Dataset, dataset.id).class_settings["3"] == {"key": "k"}


def test_an_undo_restores_earlier_decisions(engine: Engine, dataset: Dataset, ids: list[int]) -> None:
    with session_scope(engine) as session:
        number = session.get_one(Dataset, dataset.id).version
        undone = undo_change(session, dataset.id, number)
    assert count(engine, dataset) == {"cat": 1, "dog": 0, "owl": 0}
    with session_scope(engine) as session:
        undo_change(session, dataset.id, undone.number)
    assert count(engine, dataset) == {"cat": 0, "dog": 0, "owl": 0, "kitten": 5}
    assert len(ids) == 5


def test_an_undo_waits_for_later_decisions(engine: Engine, dataset: Dataset, ids: list[int]) -> None:
    with session_scope(engine) as session:
        verify(session, ids[1] + 20, Verdict.WRONG, NEW, reviewer="bob")
        number = session.get_one(Dataset, dataset.id).version
    with pytest.raises(ClassInUseError), session_scope(engine) as session:
        undo_change(session, dataset.id, number)
    assert count(engine, dataset)["kitten"] == 6
