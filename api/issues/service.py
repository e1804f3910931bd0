"""Reads a job's issues and groups of duplicates, and settles a group."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from api.datasets.service import class_of_field
from api.issues import schemas
from api.pagination import Cursor, RowNumber
from api.results.columns import SCORE_DIGITS
from api.results.service import Ranking
from mslg_rules.class_map import ClassMap
from mslg_rules.issue_kind import DUPLICATES
from store.database.class_columns import is_class
from store.errors import NotFoundError
from store.models import (
    DuplicateGroup,
    Issue,
    IssueKind,
    Result,
    Sample,
    Verdict,
    Verification,
)
from store.review import decisions
from store.verification.decision import Decision
from store.verification.record import newest_verification

ISSUES = Cursor("issues", RowNumber)
GROUPS = Cursor("duplicates", RowNumber)
MAX_LISTED = 100

Rows = Select[Issue, Result, Sample]


class IssueQuery(NamedTuple):
    """Which list of samples of a job is asked for."""

    ranking: Ranking
    kind: IssueKind
    wanted: schemas.IssueFilter


Member = tuple[Issue, Result, Sample]


def count_issues(ranking: Ranking) -> schemas.IssueCounts:
    """The counts that the job stored in its summary."""
    counts: dict[str, Any] = (ranking.job.summary or {}).get("issues") or {}
    by_kind = counts.get("counts", {})
    return schemas.IssueCounts(
        items=[schemas.IssueCount(kind=kind, count=by_kind[kind]) for kind in IssueKind if kind in by_kind],
        duplicate_groups=counts.get("duplicate_groups", 0),
        conflicting_groups=counts.get("conflicting_groups", 0),
        has_map=ranking.job.map_key is not None,
        has_similar=ranking.job.index_key is not None,
    )


def list_issues(session: Session, query: IssueQuery, cursor: str | None, limit: int) -> list[Member]:
    """Up to `limit + 1` samples with this issue, the worst first. Raises `InvalidError`."""
    statement = _filtered(query).order_by(Issue.rank).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(Issue.rank > ISSUES.read(cursor)[0])
    return [(issue, result, sample) for issue, result, sample in session.execute(statement)]


def count_listed(session: Session, query: IssueQuery) -> int:
    """The number of samples that match the filter. Raises `InvalidError`."""
    if query.wanted == schemas.IssueFilter() and not query.ranking.dataset.num_removed:
        counts = count_issues(query.ranking).items
        return next((item.count for item in counts if item.kind is query.kind), 0)
    return session.scalar(_filtered(query).with_only_columns(func.count())) or 0


def list_columns(session: Session, query: IssueQuery, after_rank: int, limit: int) -> schemas.IssueColumns:
    """Up to `limit` samples after `after_rank`. Raises `InvalidError`."""
    statement = (
        _filtered(query)
        .with_only_columns(
            Issue.sample_id,
            Issue.rank,
            Issue.score,
            Issue.group_number,
            Result.given,
            Result.suggested,
            Result.label_score,
            type_coerce(Sample.verdict, String),  # as stored, to avoid creating an enum member per row
            Sample.settled_label,
        )
        .where(Issue.rank > after_rank)
        .order_by(Issue.rank)
        .limit(limit + 1)
    )
    seen = newest_verification(session, query.ranking.dataset.id)  # first: the rows are at least as new
    rows = session.execute(statement).all()
    columns: list[list[Any]] = list(map(list, zip(*rows[:limit], strict=True))) or [[]] * 9
    classes = query.ranking.dataset.class_map
    ids, ranks, scores, groups, given, suggested, label_scores, verdicts, settled = columns
    return schemas.IssueColumns(
        sample_ids=list(map(str, ids)),
        ranks=ranks,
        scores=np.round(scores, SCORE_DIGITS).tolist(),
        groups=groups,
        given=classes.read_all(given),
        suggested=classes.read_all(suggested),
        label_scores=np.round(label_scores, SCORE_DIGITS).tolist(),
        verdicts=verdicts,
        settled=classes.read_all(settled),
        next_rank=ranks[-1] if len(rows) > limit else None,
        total=count_listed(session, query),
        seen=str(seen),
    )


def describe(ranking: Ranking, row: Member) -> schemas.Issue:
    """An issue with class names instead of indices."""
    issue, result, sample = row
    return schemas.Issue.of(
        result,
        sample,
        ranking.dataset.class_map.labels,
        rank=issue.rank,
        score=issue.score,
        group=issue.group_number,
    )


def list_groups(
    session: Session, ranking: Ranking, wanted: schemas.DuplicateFilter, cursor: str | None, limit: int
) -> list[DuplicateGroup]:
    """Up to `limit + 1` groups."""
    statement = _groups(ranking, wanted).order_by(DuplicateGroup.number).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(DuplicateGroup.number > GROUPS.read(cursor)[0])
    return list(session.scalars(statement))


def count_groups(session: Session, ranking: Ranking, wanted: schemas.DuplicateFilter) -> int:
    """The number of groups that match the filter."""
    return session.scalar(_groups(ranking, wanted).with_only_columns(func.count())) or 0


def describe_groups(
    session: Session, ranking: Ranking, groups: Sequence[DuplicateGroup]
) -> list[schemas.DuplicateGroup]:
    """The groups with their members."""
    members = _members(session, ranking, [group.number for group in groups])
    return [_describe_group(ranking, group, members[group.number]) for group in groups]


def get_group(session: Session, ranking: Ranking, number: int) -> schemas.DuplicateGroup:
    """One group with its members. Raises `NotFoundError`."""
    group = session.get(DuplicateGroup, (ranking.job.id, number))
    if group is None:
        raise NotFoundError("group of duplicates", number)
    return describe_groups(session, ranking, [group])[0]


def settle_group(
    session: Session, ranking: Ranking, number: int, decision: schemas.GroupDecision, lease: timedelta
) -> list[Verification]:
    """Give every member the label: one verification each, all or none.

    Raises `NotFoundError`, `InvalidError`, `BatchVerificationError`, `DecidedMeanwhileError`.
    """
    label, classes = class_of_field(ranking.dataset, decision.label, "label"), ranking.dataset.class_map
    members = _members(session, ranking, [number])[number]
    if not members:
        raise NotFoundError("group of duplicates", number)
    return decisions.decide_many(
        session,
        ranking.dataset.id,
        [_decide(sample, label, decision.seen_id, classes) for _, _, sample in members],
        reviewer=decision.reviewer,
        job_id=decision.job_id or ranking.job.id,
        lease=lease,
    )


def _decide(sample: Sample, label: int, seen: int | None, classes: ClassMap) -> Decision:
    verdict = Verdict.CORRECT if classes.same(sample.given_label, label) else Verdict.WRONG
    return Decision(sample.id, verdict, label, seen)


def _members(session: Session, ranking: Ranking, numbers: Sequence[int]) -> dict[int, list[Member]]:
    """The members of groups by number, each group's by file name."""
    statement = _joined(ranking).where(Issue.group_number.in_(numbers), Issue.kind.in_(DUPLICATES))
    members: dict[int, list[Member]] = defaultdict(list)
    for issue, result, sample in session.execute(statement.order_by(Sample.file_name)):
        members[issue.group_number or 0].append((issue, result, sample))
    return members


def _describe_group(
    ranking: Ranking, group: DuplicateGroup, members: Sequence[Member]
) -> schemas.DuplicateGroup:
    classes = ranking.dataset.class_map.labels
    return schemas.DuplicateGroup(
        number=group.number,
        size=group.size,
        is_exact=group.is_exact,
        labels_disagree=group.labels_disagree,
        is_settled=_is_settled([sample for _, _, sample in members], ranking.dataset.class_map),
        members=[
            schemas.Duplicate.of(result, sample, classes, score=issue.score)
            for issue, result, sample in members[:MAX_LISTED]
        ],
    )


def _is_settled(samples: Sequence[Sample], classes: ClassMap) -> bool:
    usable = {classes.name(one.settled_label) for one in samples if one.verdict is not Verdict.UNUSABLE}
    return len(usable) <= 1 and None not in usable


def _groups(ranking: Ranking, wanted: schemas.DuplicateFilter) -> Select[DuplicateGroup]:
    statement = select(DuplicateGroup).where(DuplicateGroup.job_id == ranking.job.id)
    if wanted.labels_disagree is not None:
        statement = statement.where(DuplicateGroup.labels_disagree == wanted.labels_disagree)
    return statement


def _joined(ranking: Ranking) -> Rows:
    """Issues of the job, with results and samples."""
    return (
        select(Issue, Result, Sample)
        .join(Result, (Result.job_id == Issue.job_id) & (Result.sample_id == Issue.sample_id))
        .join(Sample, Sample.id == Issue.sample_id)
        .where(Issue.job_id == ranking.job.id)
    )


def _filtered(query: IssueQuery) -> Rows:
    """The samples with an issue that match the filter, unordered. Raises `InvalidError`."""
    ranking, kind, wanted = query
    statement = _joined(ranking).where(Issue.kind == kind)
    for name in ("given", "suggested"):
        label = getattr(wanted, name)
        if label is not None:
            index = class_of_field(ranking.dataset, label, name)
            statement = statement.where(is_class(getattr(Result, name), ranking.dataset.class_map, index))
    if wanted.reviewed is not None:
        decided = Sample.verdict.is_not(None)
        statement = statement.where(decided if wanted.reviewed else ~decided)
    return statement
