"""Writes a job's issues in bulk, in the transaction in which the job succeeds, and its duplicates to the
samples.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mslg_rules.issue_kind import DUPLICATES, IssueKind
from store.database.bulk import insert_rows, update_rows
from store.models.dataset import Sample
from store.models.issue import DuplicateGroup, Issue
from store.models.job import Job

ORDER = tuple(IssueKind)


class IssueRows(NamedTuple):
    """One kind of issue: sample_ids int64 [n], the worst first; scores float32 [n], low = bad; groups int64
    [n]: numbers of groups of duplicates, 0 for none.
    """

    kind: IssueKind
    sample_ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    groups: NDArray[np.int64]


class GroupRow(NamedTuple):
    """One group of duplicates."""

    number: int
    size: int
    is_exact: bool
    labels_disagree: bool


class SampleIssues(NamedTuple):
    """One sample's issues, and the number of its group of duplicates."""

    kinds: tuple[IssueKind, ...] = ()
    group: int | None = None


def read_issues(
    session: Session, job_id: str | None, sample_ids: Sequence[int]
) -> Mapping[int, SampleIssues]:
    """The issues of some samples by id, in the order of `IssueKind`; without issues for all others."""
    found: dict[int, SampleIssues] = defaultdict(SampleIssues)
    if not sample_ids:
        return found
    # A range: few samples have issues, and neighbouring samples have neighbouring ids.
    within = Issue.sample_id.between(min(sample_ids), max(sample_ids))
    statement = select(Issue.sample_id, Issue.kind, Issue.group_number).where(Issue.job_id == job_id, within)
    for sample_id, kind, group in session.execute(statement):
        before = found[sample_id]
        kinds = sorted([*before.kinds, kind], key=ORDER.index)
        found[sample_id] = SampleIssues(tuple(kinds), group or before.group)
    return found


def save_issues(
    session: Session, job_id: str, issues: Sequence[IssueRows], groups: Sequence[GroupRow]
) -> None:
    """Write the issues of a job. Replaces rows of earlier attempts. The caller commits."""
    for model in (Issue, DuplicateGroup):
        session.execute(delete(model).where(model.job_id == job_id))
    for rows in issues:
        insert_rows(session, Issue, _issue_rows(job_id, rows))
    insert_rows(session, DuplicateGroup, [{"job_id": job_id, **group._asdict()} for group in groups])
    _mark_duplicates(session, job_id, issues)


def _issue_rows(job_id: str, rows: IssueRows) -> list[dict[str, object]]:
    columns = zip(rows.sample_ids.tolist(), rows.scores.tolist(), rows.groups.tolist(), strict=True)
    return [
        {
            "job_id": job_id,
            "kind": rows.kind,
            "rank": rank,
            "sample_id": sample_id,
            "score": score,
            "group_number": group or None,
        }
        for rank, (sample_id, score, group) in enumerate(columns, start=1)
    ]


def _mark_duplicates(session: Session, job_id: str, issues: Sequence[IssueRows]) -> None:
    """Write the group of every duplicate into its sample, in place of those that an earlier job found."""
    dataset_id = session.scalar(select(Job.dataset_id).where(Job.id == job_id))
    grouped = (Sample.dataset_id == dataset_id, Sample.duplicate_group.is_not(None))
    session.execute(update(Sample).where(*grouped).values(duplicate_group=None))
    duplicates = [rows for rows in issues if rows.kind in DUPLICATES]
    pairs = [
        pair
        for rows in duplicates
        for pair in zip(rows.groups.tolist(), rows.sample_ids.tolist(), strict=True)
    ]
    first: dict[int, int] = {}
    for number, sample_id in pairs:
        first[number] = min(first.get(number, sample_id), sample_id)
    marks = sorted((sample_id, first[number]) for number, sample_id in pairs)
    update_rows(session, Sample, [{"id": sample, "duplicate_group": group} for sample, group in marks])
