"""Brings samples up to date after a merge of classes, or its undo: what is derived from several labels.

Labels themselves are read through the dataset's `ClassMap` and stay as they are stored.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Select, case, exists, literal_column, select, update
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from mslg_rules.verdict import Verdict
from store.database.class_columns import same_class
from store.models.dataset import Dataset, Sample
from store.models.verification import Verification
from store.verification.histories import load_histories
from store.verification.settlement import settle

BATCH_ROWS = 1_000


def affected_labels(before: ClassMap, after: ClassMap) -> set[int]:
    """The stored labels of all classes that a change merged, or took apart."""
    changed = {index for index in range(len(after.names)) if before.read(index) != after.read(index)}
    reached = {classes.read(index) for index in changed for classes in (before, after)}
    return {member for index in reached for classes in (before, after) for member in classes.members(index)}


def bring_up_to_date(
    session: Session, dataset: Dataset, labels: Collection[int], settled_by_merge: Collection[int]
) -> list[int]:
    """Update the samples with `labels`; returns the ids of those that are settled thereby.

    A sample is found correct if its settled class was merged with the given one, and found wrong again when
    they are taken apart. Reviewers who chose either class agree after the merge: their contested samples are
    settled, and `settled_by_merge`, those that such a merge settled, are contested again. Other verdicts of
    several reviewers stay.
    """
    session.flush()
    _compare_with_given(session, dataset, labels)
    contested = list(session.scalars(_contested(dataset, labels)))
    _settle(session, dataset, settled_by_merge, unsettle=True)
    return _settle(session, dataset, contested, unsettle=False)


def _compare_with_given(session: Session, dataset: Dataset, labels: Collection[int]) -> None:
    is_same = same_class(Sample.given_label, Sample.settled_label, dataset.class_map)
    statement = update(Sample).where(
        Sample.dataset_id == dataset.id,
        Sample.settled_label.in_(labels),
        Sample.given_label.in_(labels),
        Sample.given_label != Sample.settled_label,
    )
    verdict = case((is_same, Verdict.CORRECT.value), else_=Verdict.WRONG.value)
    session.execute(statement.values(verdict=verdict).execution_options(synchronize_session=False))


def _contested(dataset: Dataset, labels: Collection[int]) -> Select[int]:
    """Samples on which reviewers disagree, with a decision for one of the labels."""
    decided = exists().where(Verification.sample_id == Sample.id, Verification.label.in_(labels))
    # Written exactly as in the index, or SQLite does not use the index.
    contested: ColumnElement[bool] = literal_column("samples.contested")
    return select(Sample.id).where(Sample.dataset_id == dataset.id, contested, decided).order_by(Sample.id)


def _settle(session: Session, dataset: Dataset, ids: Collection[int], *, unsettle: bool) -> list[int]:
    """Combine the decisions on the samples again; returns the ids of those that are settled then.

    With `unsettle`, samples that are not leave the verified set as if they had never joined it.
    """
    settled: list[int] = []
    for part in _parts(sorted(ids)):
        histories = list(load_histories(session, part).values())
        settle(session, dataset, histories)
        for sample in (history.sample for history in histories):
            if sample.settled_label is not None:
                settled.append(sample.id)
            elif unsettle:
                sample.split = sample.selection = None
    session.flush()
    return settled


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH_ROWS):
        yield ids[start : start + BATCH_ROWS]
