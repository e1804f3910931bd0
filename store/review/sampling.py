"""Draws a reviewer's next samples from a queue, each queue in its own order."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from secrets import randbelow
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from mslg_rules.required import needed_labels
from store.database.class_columns import as_class
from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.result import Result, SuspectedLabelError
from store.models.review import Lease, Queue
from store.results.auto_accept import read_acceptance
from store.results.corrected_label import least_certain_first
from store.review.queues import QueueQuery, SampleIds, is_unresolved, newest_job, open_samples
from store.review.shares import list_tiers
from store.verification.splits import count_splits
from store.verification.verified_set import count_given

# The hash of an image's bytes depends on neither its class nor its position, so the first n samples in this
# order are a random sample.
SHUFFLED = (Sample.sha256, Sample.id)
MAX_NAMED = 1_000
"""Samples that one query names."""
UNCERTAIN = 0.5
"""The label score at which it is most uncertain whether the given label is right."""


class Draw(NamedTuple):
    """A sample to serve, and the job whose ranking selected it (None: random sampling)."""

    sample_id: int
    job_id: str | None = None
    is_honeypot: bool = False


class Sampler(NamedTuple):
    """What all draws of one request share. Samples in `without` are not drawn, and only those that satisfy
    `tier`, see `store.review.shares`.
    """

    session: Session
    dataset: Dataset
    query: QueueQuery
    now: datetime
    without: Collection[int]
    tier: ColumnElement[bool] = true()

    @property
    def candidates(self) -> SampleIds:
        """The samples that may be drawn, unordered."""
        statement = open_samples(self.dataset, self.query, self.now).where(self.tier)
        return statement.where(Sample.id.not_in(self.without)) if self.without else statement


class Neighbour(NamedTuple):
    """A sample near some rank of a job."""

    sample_id: int
    rank: int
    label_score: float


def draw_next(sampler: Sampler, limit: int, in_hand: Collection[Lease]) -> list[Draw]:
    """Up to `limit` samples, the next ones of the queue: first of the reviewer's own shares, then those in no
    share, then those in the shares of others. `in_hand` are the reviewer's present leases.
    """
    draws: list[Draw] = []
    for tier in list_tiers(sampler.session, sampler.dataset.id, sampler.query.reviewer):
        without = {*sampler.without, *(draw.sample_id for draw in draws)}
        rest = sampler._replace(without=without, tier=tier)
        draws += _draw_from_queue(rest, limit - len(draws), in_hand)
    return draws


def _draw_from_queue(sampler: Sampler, limit: int, in_hand: Collection[Lease]) -> list[Draw]:
    if limit == 0:
        return []
    match sampler.query.queue:
        case Queue.VERIFY:
            covering = _draw_for_coverage(sampler, limit)
            rest = sampler._replace(without={*sampler.without, *(draw.sample_id for draw in covering)})
            return [*covering, *_draw_alternately(rest, limit - len(covering), in_hand)]
        case Queue.REVIEW:
            return _draw_by_rank(sampler, limit)
        case Queue.TIE_BREAK:
            oldest = sampler.candidates.order_by(Sample.id).limit(limit)
            return [Draw(key) for key in sampler.session.scalars(oldest)]
        case Queue.RE_REVIEW:
            return _draw_suspected_errors(sampler, limit)


def nearest(session: Session, statement: SampleIds, rank: int, limit: int) -> list[Neighbour]:
    """Up to `limit` samples on either side of a rank, the nearest ones. `statement` selects samples and has
    the results of a job joined in.
    """
    rows = statement.add_columns(Result.rank, Result.label_score).limit(limit)
    above = rows.where(Result.rank >= rank).order_by(Result.rank)
    below = rows.where(Result.rank < rank).order_by(Result.rank.desc())
    return [Neighbour(*row) for side in (above, below) for row in session.execute(side)]


def _draw_by_rank(sampler: Sampler, limit: int) -> list[Draw]:
    """The most suspicious samples of the job under review."""
    job = sampler.session.get(Job, sampler.query.job_id)
    min_confidence = read_acceptance(sampler.session, job).min_confidence if job else None
    ranked = sampler.candidates.order_by(
        *least_certain_first(min_confidence, sampler.dataset.class_map)
    ).limit(limit)
    return [Draw(key, sampler.query.job_id) for key in sampler.session.scalars(ranked)]


def _draw_for_coverage(sampler: Sampler, limit: int) -> list[Draw]:
    """Samples of the classes that lack labels for a job, in turn, starting with the class that lacks most.

    Of each class, these are the first samples without a verdict in random order, as many as it lacks, whether
    or not they are leased. So with several opinions per sample, all reviewers get the same samples.
    """
    splits = count_splits(sampler.session, sampler.dataset)
    needed = needed_labels(splits, count_given(sampler.session, sampler.dataset))
    if sampler.query.given is not None:
        needed = {label: lacking for label, lacking in needed.items() if label == sampler.query.given}
    if not needed or limit == 0:
        return []
    shuffled = [(needed[one.label] - one.place, one) for one in _shuffle_classes(sampler, needed)]
    shuffled.sort(key=lambda pair: (-pair[0], pair[1].sha256, pair[1].id))
    ids = [one.id for lacking, one in shuffled if lacking >= 0]
    return [Draw(key) for key in islice(_keep_open(sampler, ids), limit)]


def _keep_open(sampler: Sampler, ids: Sequence[int]) -> Iterator[int]:
    """Those samples that are among the candidates, in order; databases limit how many one query may name."""
    for start in range(0, len(ids), MAX_NAMED):
        part = ids[start : start + MAX_NAMED]
        is_open = set(sampler.session.scalars(sampler.candidates.where(Sample.id.in_(part))))
        yield from (key for key in part if key in is_open)


class _Shuffled(NamedTuple):
    """A sample, and its place (from 1) in the random order of the samples with its given label."""

    id: int
    label: int
    sha256: str
    place: int


def _shuffle_classes(sampler: Sampler, needed: Mapping[int, int]) -> list[_Shuffled]:
    """The first samples without a verdict of each class in `needed`, as many as any class needs."""
    classes = sampler.dataset.class_map
    label = as_class(Sample.given_label, classes)
    place = func.row_number().over(partition_by=label, order_by=SHUFFLED).label("place")
    shuffled = (
        select(Sample.id, label.label("label"), Sample.sha256, place)
        .where(
            Sample.dataset_id == sampler.dataset.id,
            Sample.given_label.in_([member for index in needed for member in classes.members(index)]),
            Sample.verdict.is_(None),
            Sample.contested.is_(False),
        )
        .subquery()
    )
    statement = select(shuffled).where(shuffled.c.place <= max(needed.values()))
    return [_Shuffled(*row) for row in sampler.session.execute(statement)]


def _draw_alternately(sampler: Sampler, limit: int, in_hand: Collection[Lease]) -> list[Draw]:
    """Random sampling and uncertainty sampling by the newest job, in turn.

    Only randomly selected samples may be used for evaluation (see `mslg_rules.selection`), so half of the
    draws are random. Whose turn it is depends on what this reviewer has in hand, not on other reviewers.
    """
    if limit == 0:
        return []
    shuffled = sampler.session.scalars(sampler.candidates.order_by(*SHUFFLED).limit(2 * limit))
    random = [Draw(key) for key in shuffled]
    job_id = newest_job(sampler.session, sampler.dataset.id)
    uncertain = _draw_uncertain(sampler, job_id, limit) if job_id else []
    alternating = _alternate(random, uncertain, random_first=_is_random_next(in_hand))
    return list(alternating)[:limit]


def _is_random_next(in_hand: Collection[Lease]) -> bool:
    """Whether the reviewer holds fewer random than uncertain samples; at a tie, by lot."""
    held = [lease for lease in in_hand if lease.queue is Queue.VERIFY and not lease.is_honeypot]
    num_uncertain = sum(1 for lease in held if lease.job_id is not None)
    num_random = len(held) - num_uncertain
    return bool(randbelow(2)) if num_random == num_uncertain else num_random < num_uncertain


def _alternate(random: Sequence[Draw], uncertain: Sequence[Draw], *, random_first: bool) -> Iterator[Draw]:
    """One of each in turn, no sample twice; when one runs out, the rest of the other."""
    drawn: set[int] = set()
    sides = [iter(random), iter(uncertain)] if random_first else [iter(uncertain), iter(random)]
    while sides:
        side = sides.pop(0)
        fresh = next((draw for draw in side if draw.sample_id not in drawn), None)
        if fresh is not None:
            drawn.add(fresh.sample_id)
            sides.append(side)
            yield fresh


def _draw_uncertain(sampler: Sampler, job_id: str, limit: int) -> list[Draw]:
    """The samples whose label score is nearest to `UNCERTAIN`. Ranks follow the scores, so two short scans
    from the middle find them.
    """
    score = select(Result.label_score).where(Result.job_id == job_id)
    num_ranks = sampler.session.scalar(select(func.max(Result.rank)).where(Result.job_id == job_id)) or 0
    ranks = range(1, num_ranks + 1)
    middle = bisect_left(
        ranks, UNCERTAIN, key=lambda rank: sampler.session.scalars(score.where(Result.rank == rank)).one()
    )
    joined = sampler.candidates.join(Result, and_(Result.job_id == job_id, Result.sample_id == Sample.id))
    found = nearest(sampler.session, joined, middle + 1, limit)
    found.sort(key=lambda neighbour: abs(neighbour.label_score - UNCERTAIN))
    return [Draw(neighbour.sample_id, job_id) for neighbour in found[:limit]]


def _draw_suspected_errors(sampler: Sampler, limit: int) -> list[Draw]:
    """Samples by the probability of their settled class, lowest first. If several jobs contradict a sample,
    the one with the lowest probability counts.
    """
    errors = (
        select(SuspectedLabelError.sample_id, SuspectedLabelError.job_id)
        .join(Sample, Sample.id == SuspectedLabelError.sample_id)
        .where(*is_unresolved(sampler.dataset.class_map))
        .where(Sample.id.in_(sampler.candidates.correlate(None)))
        .order_by(SuspectedLabelError.probability, SuspectedLabelError.sample_id)
    )
    if sampler.query.job_id is not None:
        errors = errors.where(SuspectedLabelError.job_id == sampler.query.job_id)
    return _first_of_each(Draw(key, job_id) for key, job_id in sampler.session.execute(errors))[:limit]


def _first_of_each(draws: Iterable[Draw]) -> list[Draw]:
    first: dict[int, Draw] = {}
    for draw in draws:
        first.setdefault(draw.sample_id, draw)
    return list(first.values())
