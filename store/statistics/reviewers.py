"""What each reviewer has done: how much, how fast, and how well on samples whose class was known."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.models.dataset import Sample
from store.models.verification import Role, Verification, VerificationSource
from store.verification.consensus import is_withdrawn

PAUSE = timedelta(minutes=2)
"""Who says nothing for longer does something else; such times do not count as work."""

AT_ONCE = timedelta(milliseconds=100)
"""Decisions closer than this are one act about many samples, which tells nothing about a person's pace."""

NEWEST = 5_000
"""So many of the dataset's newest verifications tell how fast people work."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """`count` honeypots settled as the class `settled`, of which a reviewer said something else.

    `said` is the class, or without one the verdict.
    """

    settled: int
    said: int | Verdict
    count: int


@dataclass(slots=True)
class ReviewerRecord:
    """One reviewer. `honeypots` and `honeypots_right` count the answers that say something, see `is_right`;
    `per_minute` is None for too few decisions in a row.
    """

    reviewer: str
    decisions: int = 0
    withdrawn: int = 0
    honeypots: int = 0
    honeypots_right: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    per_minute: float | None = None
    last_at: datetime | None = None


def list_reviewers(session: Session, dataset_id: str) -> list[ReviewerRecord]:
    """Everybody who has said something about the dataset's samples, by name."""
    records: dict[str, ReviewerRecord] = {}
    for reviewer, decisions, withdrawn, last_at in _count(session, dataset_id):
        records[reviewer] = ReviewerRecord(reviewer, decisions, withdrawn, last_at=last_at)
    answers, times = _honeypots(session, dataset_id), _times(session, dataset_id)
    for reviewer, record in records.items():  # who spoke only after they were counted is none yet
        _add_honeypots(record, answers.get(reviewer, []))
        record.per_minute = pace(times.get(reviewer, []))
    return [records[reviewer] for reviewer in sorted(records)]


def pace(times: Sequence[datetime]) -> float | None:
    """Decisions per minute of work, from the times of decisions, the oldest first; None without a gap between
    two that is no pause.
    """
    gaps = [gap for before, after in pairwise(times) if AT_ONCE < (gap := after - before) <= PAUSE]
    worked = sum(gaps, timedelta())
    return len(gaps) / (worked / timedelta(minutes=1)) if worked else None


def is_right(said: int | Verdict, settled: int, given: int) -> bool:
    """Whether an answer to a honeypot agrees with what is settled; so does that the given label is wrong,
    with no right class named, when it is.
    """
    return said == settled or (said is Verdict.WRONG_UNKNOWN and settled != given)


_Answer = tuple[int | Verdict, int, int]
"""What was said (the class, or without one the verdict), the settled class, the given one."""


def _count(session: Session, dataset_id: str) -> list[tuple[str, int, int, datetime]]:
    """Per reviewer how many verdicts, how many of these were taken back, and when the last one was."""
    is_verdict = Verification.verdict != Verdict.WITHDRAWN
    withdrawn = case((is_withdrawn(), 1), else_=0)
    statement = (
        select(Verification.reviewer, func.count(), func.sum(withdrawn), func.max(Verification.created_at))
        .where(*_by_people(dataset_id), is_verdict)
        .group_by(Verification.reviewer)
    )
    return [
        (reviewer, decisions, taken_back, last_at)
        for reviewer, decisions, taken_back, last_at in session.execute(statement)
    ]


def _honeypots(session: Session, dataset_id: str) -> Mapping[str, list[_Answer]]:
    """What each reviewer answered to honeypots; not knowing is no answer."""
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
            *_by_people(dataset_id),
            Verification.role == Role.HONEYPOT,
            Verification.verdict.not_in((Verdict.WITHDRAWN, Verdict.UNSURE)),
            ~is_withdrawn(),
            Sample.settled_label.is_not(None),
        )
    )
    answers: dict[str, list[_Answer]] = defaultdict(list)
    for reviewer, verdict, label, settled, given in session.execute(statement):
        if settled is not None:
            answers[reviewer].append((verdict if label is None else label, settled, given))
    return answers


def _add_honeypots(record: ReviewerRecord, answers: Sequence[_Answer]) -> None:
    wrong = Counter((settled, said) for said, settled, given in answers if not is_right(said, settled, given))
    record.honeypots = len(answers)
    record.honeypots_right = len(answers) - wrong.total()
    record.mistakes = [Mistake(settled, said, count) for (settled, said), count in wrong.most_common()]


def _times(session: Session, dataset_id: str) -> Mapping[str, list[datetime]]:
    """When the reviewers' newest decisions were made, the oldest first."""
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
