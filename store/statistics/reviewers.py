"""Each reviewer's record: number of decisions, pace, and accuracy on honeypots."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.models.dataset import Dataset, Sample
from store.models.verification import Role, Verification, VerificationSource
from store.verification.consensus import is_active, is_withdrawn

PAUSE = timedelta(minutes=2)
"""Longest gap between two decisions that counts as working time."""

AT_ONCE = timedelta(milliseconds=100)
"""Decisions closer than this were made as one batch, so the gap is excluded from the pace."""

NEWEST = 5_000
"""How many of the dataset's newest verifications the pace is computed from."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """`count` honeypots settled as the class `settled`, on which the reviewer decided otherwise.

    `decided` is the reviewer's class, or the verdict if it has no class.
    """

    settled: int
    decided: int | Verdict
    count: int


@dataclass(slots=True)
class ReviewerRecord:
    """One reviewer. `honeypots` counts answers other than `unsure`, `honeypots_right` the right ones of them,
    see `is_right`. `per_minute` is None with too few consecutive decisions.
    """

    reviewer: str
    decisions: int = 0
    withdrawn: int = 0
    honeypots: int = 0
    honeypots_right: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    per_minute: float | None = None
    last_at: datetime | None = None


def list_reviewers(session: Session, dataset: Dataset) -> list[ReviewerRecord]:
    """All reviewers who have decided on the dataset's samples, by name."""
    dataset_id = dataset.id
    records: dict[str, ReviewerRecord] = {}
    for reviewer, decisions, withdrawn, last_at in _count(session, dataset_id):
        records[reviewer] = ReviewerRecord(reviewer, decisions, withdrawn, last_at=last_at)
    answers, times = _honeypots(session, dataset), _times(session, dataset_id)
    for reviewer, record in records.items():  # those whose first decision came after the count are left out
        _add_honeypots(record, answers.get(reviewer, []))
        record.per_minute = pace(times.get(reviewer, []))
    return [records[reviewer] for reviewer in sorted(records)]


def pace(times: Sequence[datetime]) -> float | None:
    """Decisions per minute of working time, from the times of decisions, oldest first. None if no gap counts
    as working time, see `PAUSE` and `AT_ONCE`.
    """
    gaps = [gap for before, after in pairwise(times) if AT_ONCE < (gap := after - before) <= PAUSE]
    worked = sum(gaps, timedelta())
    return len(gaps) / (worked / timedelta(minutes=1)) if worked else None


def is_right(decided: int | Verdict, settled: int, given: int | None) -> bool:
    """Whether a honeypot answer agrees with the settled class. `wrong_unknown` agrees if the given label is
    wrong.
    """
    return decided == settled or (decided is Verdict.WRONG_UNKNOWN and settled != given)


_Answer = tuple[int | Verdict, int, int | None]
"""The decided class (or the verdict if it has no class), the settled class, the given one."""


def _count(session: Session, dataset_id: str) -> list[tuple[str, int, int, datetime]]:
    """Per reviewer: number of verdicts, number of withdrawn ones, time of the last one."""
    is_verdict = Verification.verdict != Verdict.WITHDRAWN
    withdrawn = case((is_withdrawn(), 1), else_=0)
    statement = (
        select(Verification.reviewer, func.count(), func.sum(withdrawn), func.max(Verification.created_at))
        .where(*_by_people(dataset_id), is_verdict)
        .group_by(Verification.reviewer)
    )
    return [
        (reviewer, decisions, num_withdrawn, last_at)
        for reviewer, decisions, num_withdrawn, last_at in session.execute(statement)
    ]


def _honeypots(session: Session, dataset: Dataset) -> Mapping[str, list[_Answer]]:
    """Each reviewer's active honeypot answers, except `unsure`, with classes as they are read now."""
    statement = (
        select(
            Verification.reviewer,
            Verification.verdict,
            Verification.label,
            Sample.settled_label,
            Sample.given_label,
        )
        .join(Sample, Sample.id == Verification.sample_id)
        .where(
            *_by_people(dataset.id),
            Verification.role == Role.HONEYPOT,
            Verification.verdict != Verdict.UNSURE,
            is_active(),
            Sample.settled_label.is_not(None),
        )
    )
    classes = dataset.class_map
    answers: dict[str, list[_Answer]] = defaultdict(list)
    for reviewer, verdict, *labels in session.execute(statement):
        label, settled, given = (None if one is None else classes.read(one) for one in labels)
        if settled is not None:
            answers[reviewer].append((verdict if label is None else label, settled, given))
    return answers


def _add_honeypots(record: ReviewerRecord, answers: Sequence[_Answer]) -> None:
    wrong = Counter(
        (settled, decided) for decided, settled, given in answers if not is_right(decided, settled, given)
    )
    record.honeypots = len(answers)
    record.honeypots_right = len(answers) - wrong.total()
    record.mistakes = [Mistake(settled, decided, count) for (settled, decided), count in wrong.most_common()]


def _times(session: Session, dataset_id: str) -> Mapping[str, list[datetime]]:
    """Times of each reviewer's newest decisions, oldest first."""
    statement = (
        select(Verification.reviewer, Verification.created_at)
        .where(*_by_people(dataset_id), Verification.verdict != Verdict.WITHDRAWN)
        .order_by(Verification.id.desc())
        .limit(NEWEST)
    )
    times: dict[str, list[datetime]] = defaultdict(list)
    for reviewer, created_at in reversed(session.execute(statement).all()):
        times[reviewer].append(created_at)
    return times


def _by_people(dataset_id: str) -> tuple[ColumnElement[bool], ...]:
    return Verification.dataset_id == dataset_id, Verification.source == VerificationSource.REVIEW
