"""Chance-corrected agreement: published examples, and which decisions count."""

import numpy as np
import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset
from store.statistics.agreement import cohen_kappa, fleiss_kappa, measure_agreement
from tests.factories import get_samples, make_dataset, verify_given
from tests.store.reviewing import CAT, DOG, configure, decide

# Fleiss (1971) as worked through in many textbooks: 14 raters, 10 subjects, 5 categories.
TEXTBOOK = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
)


def test_fleiss_kappa_of_the_textbook() -> None:
    assert fleiss_kappa(TEXTBOOK) == pytest.approx(0.210, abs=5e-4)


def test_cohen_kappa_of_the_textbook() -> None:
    assert cohen_kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)
    assert cohen_kappa(np.array([[45, 15], [25, 15]])) == pytest.approx(0.1304, abs=5e-5)


def test_full_agreement_is_one_and_full_disagreement_below_zero() -> None:
    assert cohen_kappa(np.diag([5, 7])) == pytest.approx(1)
    assert fleiss_kappa(np.array([[3, 0], [0, 2]])) == pytest.approx(1)
    assert cohen_kappa(np.array([[0, 5], [5, 0]])) == pytest.approx(-1)


@pytest.mark.parametrize("table", [np.zeros((0, 0), dtype=int), np.array([[2], [3]])])
def test_fleiss_kappa_is_undefined_without_samples_or_with_one_category(table: np.ndarray) -> None:
    assert fleiss_kappa(table) is None


@pytest.mark.parametrize("table", [np.zeros((2, 2), dtype=int), np.array([[9, 0], [0, 0]])])
def test_cohen_kappa_is_undefined_without_samples_or_with_one_category(table: np.ndarray) -> None:
    assert cohen_kappa(table) is None


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Twelve samples, two reviewers per sample."""
    with session_scope(engine) as session:
        dataset = make_dataset(session, blobs)
    configure(engine, dataset, overlap=2)
    return dataset


def test_no_opinions(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        nothing = measure_agreement(session, dataset)
    assert (nothing.samples, nothing.observed, nothing.fleiss_kappa, nothing.contested) == (0, None, None, 0)
    assert nothing.pairs == ()


def test_opinions_are_compared(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset, per_class=1)
        keys = [sample.id for sample in get_samples(session, dataset)]
    # dogs as given agree twice, cats given to dogs agree once and disagree once, an owl has one opinion
    for key, ann, bob in [(keys[4], DOG, DOG), (keys[7], DOG, DOG), (keys[3], DOG, DOG), (keys[6], CAT, DOG)]:
        decide(engine, key, "bob", bob)
        decide(engine, key, "ann", ann)
    decide(engine, keys[5], "ann", CAT)
    decide(engine, keys[4], "eve", DOG)
    with session_scope(engine, read_only=True) as session:
        found = measure_agreement(session, dataset)
    assert (found.samples, found.observed, found.contested) == (4, 0.75, 1)
    pairs = {(pair.a, pair.b): (pair.samples, pair.observed) for pair in found.pairs}
    assert pairs == {("ann", "bob"): (4, 0.75), ("ann", "eve"): (1, 1.0), ("bob", "eve"): (1, 1.0)}
    (ann_bob, *_) = found.pairs
    # both chose: correct dog 2 of 4; ann correct cat 1, wrong dog 1; bob wrong dog 2: expected 1/4 + 1/8
    assert ann_bob.cohen_kappa == pytest.approx((0.75 - 0.375) / (1 - 0.375))
