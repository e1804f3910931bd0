"""Finds the samples that an export of a job leaves out."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from mslg_rules.issue_kind import DUPLICATES
from mslg_rules.leave_out import OUTLIERS, Candidate, LeaveOut, find_left_out
from mslg_rules.verdict import Verdict
from store.models.dataset import Sample
from store.models.issue import Issue


def read_left_out(
    session: Session, dataset_id: str, job_id: str | None, wanted: Collection[LeaveOut]
) -> set[int]:
    """Ids of the samples that are left out: few, since few samples have issues or are unusable. Issues are
    those that the job found.
    """
    if not wanted:
        return set()
    candidates: dict[int, Candidate] = {}
    for sample_id, verdict, settled, kind, group in session.execute(_issues(job_id)):
        before = candidates.get(sample_id, Candidate())
        candidates[sample_id] = Candidate(
            (*before.kinds, kind), group or before.group, settled is not None, verdict is Verdict.UNUSABLE
        )
    unusable = select(Sample.id).where(Sample.dataset_id == dataset_id, Sample.verdict == Verdict.UNUSABLE)
    for sample_id in session.scalars(unusable):
        candidates.setdefault(sample_id, Candidate(is_unusable=True))
    return find_left_out(candidates, wanted)


def _issues(job_id: str | None) -> Select[*tuple[Any, ...]]:
    """The samples with issues for which they can be left out, in the order of the dataset."""
    return (
        select(Sample.id, Sample.verdict, Sample.settled_label, Issue.kind, Issue.group_number)
        .join(Issue, Issue.sample_id == Sample.id)
        .where(Issue.job_id == job_id, Issue.kind.in_([*DUPLICATES, *OUTLIERS]))
        .order_by(Sample.position)
    )
