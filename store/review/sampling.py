"""In which order the samples of a queue are served."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from secrets import randbelow
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.result import Result, SuspectedLabelError
from store.models.review import Lease, Queue
from store.results.auto_accept import read_acceptance
from store.results.corrected_label import least_certain_first
from store.review.queues import QueueQuery, SampleIds, newest_job, open_samples
from store.verification.splits import count_splits

# The hash of an image's bytes knows nothing of its class or place: in its order, any first n are a fair draw.
SHUFFLED = (Sample.sha256, Sample.id)
UNDECIDED = 0.5
"""The label score that says least about whether the given label is right."""


class Pick(NamedTuple):
    """A sample to serve, and the job whose ranking chose it (None: chance did)."""

    sample_id: int
    job_id: str | None = None
    is_honeypot: bool = False


class Picker(NamedTuple):
    """What all picks of one request have in common. `without` are samples not to be picked."""

    session: Session
    dataset: Dataset
    ask: QueueQuery
    now: datetime
    without: Collection[int]

    @property
    def candidates(self) -> SampleIds:
        """What may be picked, in no order."""
        statement = open_samples(self.dataset, self.ask, self.now)
        return statement.where(Sample.id.not_in(self.without)) if self.without else statement


def pick(picker: Picker, limit: int, in_hand: Collection[Lease]) -> list[Pick]:
    """Up to `limit` samples, the next ones of the queue; `in_hand` are the reviewer's present leases."""
    match picker.ask.queue:
        case Queue.VERIFY:
            covering = _pick_for_coverage(picker, limit)
            rest = picker._replace(without={*picker.without, *(p.sample_id for p in covering)})
            return [*covering, *_pick_alternately(rest, limit - len(covering), in_hand)]
        case Queue.REVIEW:
            return _pick_ranked(picker, limit)
        case Queue.TIE_BREAK:
            oldest = picker.candidates.order_by(Sample.id).limit(limit)
            return [Pick(key) for key in picker.session.scalars(oldest)]
        case Queue.RE_REVIEW:
            return _pick_contradicted(picker, limit)


def _pick_ranked(picker: Picker, limit: int) -> list[Pick]:
    """The most doubtful by the job under review."""
    job = picker.session.get(Job, picker.ask.job_id)
    min_confidence = read_acceptance(picker.session, job).min_confidence if job else None
    ranked = picker.candidates.order_by(*least_certain_first(min_confidence)).limit(limit)
    return [Pick(key, picker.ask.job_id) for key in picker.session.scalars(ranked)]


class Neighbour(NamedTuple):
    """A sample near some rank of a job."""

    sample_id: int
    rank: int
    label_score: float


def nearest(session: Session, statement: SampleIds, rank: int, limit: int) -> list[Neighbour]:
    """Of the samples of `statement`, which has a job's results in it, the nearest up to `limit` on either
    side of a rank.
    """
    rows = statement.add_columns(Result.rank, Result.label_score).limit(limit)
    above = rows.where(Result.rank >= rank).order_by(Result.rank)
    below = rows.where(Result.rank < rank).order_by(Result.rank.desc())
    return [Neighbour(*row) for side in (above, below) for row in session.execute(side)]


def _pick_for_coverage(picker: Picker, limit: int) -> list[Pick]:
    """Samples of the classes that lack labels for a job, in turn, the classes that lack most first.

    Per class these are the first that chance draws of those without a verdict, as many as it lacks, whoever
    holds them now: with several people per sample, all are led to the same.
    """
    splits = count_splits(picker.session, picker.dataset.id, len(picker.dataset.classes))
    needed = {label: lacks for label, split in splits.items() if (lacks := split.needed())}
    if picker.ask.given is not None:
        needed = {label: lacks for label, lacks in needed.items() if label == picker.ask.given}
    if not needed or limit == 0:
        return []
    drawn = [(needed[one.label] - one.place, one) for one in _draw(picker, needed)]
    drawn.sort(key=lambda pair: (-pair[0], pair[1].sha256, pair[1].id))
    ids = [one.id for lacking, one in drawn if lacking >= 0]
    is_open = set(picker.session.scalars(picker.candidates.where(Sample.id.in_(ids))))
    return [Pick(key) for key in ids if key in is_open][:limit]


class _Drawn(NamedTuple):
    """A sample that chance draws as the `place`-th, from 1, of those with its given label."""

    id: int
    label: int
    sha256: str
    place: int


def _draw(picker: Picker, needed: Mapping[int, int]) -> list[_Drawn]:
    """The first samples of each class in `needed` that have no verdict, as many as any class needs."""
    place = func.row_number().over(partition_by=Sample.given_label, order_by=SHUFFLED).label("place")
    drawn = (
        select(Sample.id, Sample.given_label, Sample.sha256, place)
        .where(
            Sample.dataset_id == picker.dataset.id,
            Sample.given_label.in_(needed),
            Sample.verdict.is_(None),
            Sample.contested.is_(False),
        )
        .subquery()
    )
    statement = select(drawn).where(drawn.c.place <= max(needed.values()))
    return [_Drawn(*row) for row in picker.session.execute(statement)]


def _pick_alternately(picker: Picker, limit: int, in_hand: Collection[Lease]) -> list[Pick]:
    """By chance and by what the newest job is least sure of, in turn.

    Only those that chance draws may measure (see `store.verification.splits`), so they must not run dry.
    Whose turn it is follows from what the reviewer has in hand, so other reviewers do not disturb it.
    """
    if limit == 0:
        return []
    by_chance = picker.session.scalars(picker.candidates.order_by(*SHUFFLED).limit(2 * limit))
    drawn = [Pick(key) for key in by_chance]
    job_id = newest_job(picker.session, picker.dataset.id)
    informative = _pick_undecided(picker, job_id, limit) if job_id else []
    held = [lease for lease in in_hand if lease.queue is Queue.VERIFY and not lease.is_honeypot]
    led = sum(1 for lease in held if lease.job_id is not None)
    chance = len(held) - led
    chance_first = bool(randbelow(2)) if chance == led else chance < led
    return list(_interleave(drawn, informative, chance_first=chance_first))[:limit]


def _interleave(drawn: Sequence[Pick], informative: Sequence[Pick], *, chance_first: bool) -> Iterator[Pick]:
    """One of each in turn, no sample twice; what is left of one once the other has run out."""
    served: set[int] = set()
    sides = [iter(drawn), iter(informative)] if chance_first else [iter(informative), iter(drawn)]
    while sides:
        side = sides.pop(0)
        fresh = next((p for p in side if p.sample_id not in served), None)
        if fresh is not None:
            served.add(fresh.sample_id)
            sides.append(side)
            yield fresh


def _pick_undecided(picker: Picker, job_id: str, limit: int) -> list[Pick]:
    """The samples whose label score is nearest to `UNDECIDED`. Ranks follow the scores, so two short walks
    along the ranking find them.
    """
    score = select(Result.label_score).where(Result.job_id == job_id)
    num_ranks = picker.session.scalar(select(func.max(Result.rank)).where(Result.job_id == job_id)) or 0
    ranks = range(1, num_ranks + 1)
    middle = bisect_left(
        ranks, UNDECIDED, key=lambda rank: picker.session.scalars(score.where(Result.rank == rank)).one()
    )
    joined = picker.candidates.join(Result, and_(Result.job_id == job_id, Result.sample_id == Sample.id))
    found = nearest(picker.session, joined, middle + 1, limit)
    found.sort(key=lambda neighbour: abs(neighbour.label_score - UNDECIDED))
    return [Pick(neighbour.sample_id, job_id) for neighbour in found[:limit]]


def _pick_contradicted(picker: Picker, limit: int) -> list[Pick]:
    """The most contradicted first; of jobs that contradict the same sample, the one that does so most."""
    looks = (
        select(SuspectedLabelError.sample_id, SuspectedLabelError.job_id)
        .join(Sample, Sample.id == SuspectedLabelError.sample_id)
        .where(
            SuspectedLabelError.resolved_at.is_(None),
            SuspectedLabelError.settled_label == Sample.settled_label,
        )
        .where(Sample.id.in_(picker.candidates.correlate(None)))
        .order_by(SuspectedLabelError.probability, SuspectedLabelError.sample_id)
    )
    if picker.ask.job_id is not None:
        looks = looks.where(SuspectedLabelError.job_id == picker.ask.job_id)
    return _first_of_each(Pick(key, job_id) for key, job_id in picker.session.execute(looks))[:limit]


def _first_of_each(picks: Iterable[Pick]) -> list[Pick]:
    first: dict[int, Pick] = {}
    for one in picks:
        first.setdefault(one.sample_id, one)
    return list(first.values())
