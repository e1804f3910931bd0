"""What a comparison stores: differences with who and why, and their counts."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from mslg_rules.difference_kind import DifferenceKind
from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Verdict, VersionComparison, WorkStatus
from store.statistics.audit_log import add_comment
from store.verification.record import verify
from store.versions.comparisons import WantedDifferences, list_differences
from store.versions.number import read_version
from tests.factories import get_samples, make_dataset
from tests.worker.tasks.versions.builds import make_comparison, name_version
from worker.tasks.versions import compare

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Twelve images that nobody has decided about."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs)


def decide(engine: Engine, dataset: Dataset) -> None:
    """Two decisions, one with a comment, and a class with another name."""
    with session_scope(engine) as session:
        first, second = get_samples(session, dataset)[:2]
        add_comment(session, first.id, "Ada", "floppy ears")
        verify(session, first.id, Verdict.WRONG, label=1, reviewer="Ada")
        verify(session, second.id, Verdict.UNUSABLE, reviewer="Bob")
        session.get_one(Dataset, dataset.id).classes = ["cat", "dog", "eagle owl"]


def find(engine: Engine, comparison: VersionComparison, **wanted: Any) -> Sequence[tuple[Any, ...]]:
    """Kind, file name, labels, person and comments of the differences that match."""
    with session_scope(engine, read_only=True) as session:
        rows = list_differences(session, comparison.id, WantedDifferences(**wanted), -1, 100)
        return [(r.kind, r.file_name, r.before, r.after, r.reviewer, r.comments) for r in rows]


FIRST = ("decision", "cat/0000.png", "cat", "dog", "Ada", "floppy ears")
SECOND = ("decision", "dog/0001.png", "dog", None, "Bob", "")


def test_with_the_present(
    engine: Engine, blobs: ObjectBlobStore, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "BATCH_ROWS", 1)
    version = name_version(engine, dataset, "gold")
    decide(engine, dataset)
    found = make_comparison(engine, version)
    assert found.status is WorkStatus.SUCCEEDED, found.error
    assert found.summary == {
        "kinds": {"decision": 2},
        "classes": {"dog": {"decision": 2}},
        "reviewers": {"Ada": 1, "Bob": 1},
        "of_classes": {"added": [], "removed": [], "renamed": [["owl", "eagle owl"]]},
    }
    with session_scope(engine, read_only=True) as session:
        assert found.after_version == read_version(session, dataset.id)
    assert find(engine, found) == [FIRST, SECOND]
    assert find(engine, found, reviewer="Bob") == [SECOND]
    assert find(engine, found, label="cat") == [FIRST]
    assert find(engine, found, kind=DifferenceKind.ADDED) == []


def test_with_another_version(engine: Engine, blobs: ObjectBlobStore, dataset: Dataset) -> None:
    first = name_version(engine, dataset, "first")
    decide(engine, dataset)
    second = name_version(engine, dataset, "second")
    with session_scope(engine) as session:
        verify(session, get_samples(session, dataset)[5].id, Verdict.CORRECT)
    assert find(engine, make_comparison(engine, first, second)) == [FIRST, SECOND]
    back = make_comparison(engine, second, first)
    assert [row[:4] for row in find(engine, back)] == [
        ("decision", "cat/0000.png", "dog", "cat"),
        ("decision", "dog/0001.png", None, "dog"),
    ]
    assert back.after_version == first.dataset_version
