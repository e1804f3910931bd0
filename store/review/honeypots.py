"""Mixes settled samples, which only measure the reviewer, into the queue of unsettled ones."""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

from sqlalchemy import func, or_, select

from store.models.dataset import Sample
from store.models.result import Result
from store.models.review import Lease, Queue
from store.models.verification import Role, Verification
from store.review.queues import SampleIds, decided_by, in_scope
from store.review.sampling import Draw, Sampler, nearest

QUEUES = (Queue.VERIFY, Queue.REVIEW)
FACTOR, MODULUS = 611_953, 1_000_003
"""Of a hash that both databases can compute. It orders ids differently for each reviewer."""


def mix_honeypots(
    sampler: Sampler, draws: Sequence[Draw], in_hand: Collection[Lease], limit: int
) -> list[Draw]:
    """Up to `limit` of `draws`, with the dataset's share of honeypots among them.

    A hash of the reviewer and the number of honeypots so far decides where one comes, so repeating a request
    does not draw again. Reviewers see none of the inputs, so they cannot predict the honeypots.
    """
    if sampler.dataset.honeypot_rate == 0 or sampler.query.queue not in QUEUES:
        return list(draws[:limit])
    return list(_mixed(sampler, draws, in_hand, limit))


def _mixed(sampler: Sampler, draws: Sequence[Draw], in_hand: Collection[Lease], limit: int) -> Iterator[Draw]:
    num_honeypots = _count_honeypots(sampler, in_hand)
    waiting = list(reversed(draws))
    used = {*sampler.without, *(lease.sample_id for lease in in_hand if lease.expires_at > sampler.now)}
    for _ in range(limit):
        if not waiting:
            return
        honeypot = None
        if _is_due(sampler, waiting[-1], num_honeypots):
            honeypot = _choose(sampler._replace(without=used), waiting[-1])
        if honeypot is None:
            yield waiting.pop()
        else:
            used.add(honeypot.sample_id)
            num_honeypots += 1
            yield honeypot


def _is_due(sampler: Sampler, next_draw: Draw, num_honeypots: int) -> bool:
    """Whether a honeypot comes before `next_draw`: pseudo-random with the dataset's rate."""
    key = f"{sampler.dataset.id} {sampler.query.reviewer} {next_draw.sample_id} {num_honeypots}"
    uniform = int.from_bytes(sha256(key.encode()).digest()[:8]) / 2**64
    return uniform < sampler.dataset.honeypot_rate


def _count_honeypots(sampler: Sampler, in_hand: Collection[Lease]) -> int:
    """Honeypots that the reviewer has answered or has in hand."""
    answered = select(func.count()).where(
        Verification.dataset_id == sampler.dataset.id,
        Verification.reviewer == sampler.query.reviewer,
        Verification.role == Role.HONEYPOT,
    )
    return (sampler.session.scalar(answered) or 0) + sum(1 for lease in in_hand if lease.is_honeypot)


def _choose(sampler: Sampler, next_draw: Draw) -> Draw | None:
    """A settled sample on which the reviewer has not decided.

    In a ranking it is the nearest one, since its rank could give it away; in other queues it is any. Samples
    that still lack opinions are excluded, as after the overlap was raised: there the reviewer's opinion must
    count.
    """
    settled = in_scope(sampler.dataset, sampler.query).where(
        Sample.settled_label.is_not(None),
        or_(Sample.num_opinions == 0, Sample.num_opinions >= sampler.dataset.overlap),
        Sample.id.not_in(sampler.without),
        ~decided_by(sampler.query.reviewer),
    )
    if sampler.query.queue is Queue.REVIEW:
        return _choose_by_rank(sampler, settled, next_draw)
    seed = int.from_bytes(sha256(sampler.query.reviewer.encode()).digest()[:4])
    found = sampler.session.scalar(settled.order_by((Sample.id * FACTOR + seed) % MODULUS).limit(1))
    return None if found is None else Draw(found, is_honeypot=True)


def _choose_by_rank(sampler: Sampler, settled: SampleIds, next_draw: Draw) -> Draw | None:
    job_id = sampler.query.job_id
    place = select(Result.rank).where(Result.job_id == job_id, Result.sample_id == next_draw.sample_id)
    rank = sampler.session.scalars(place).one()
    found = nearest(sampler.session, settled, rank, 1)
    if not found:
        return None
    closest = min(found, key=lambda neighbour: abs(neighbour.rank - rank))
    return Draw(closest.sample_id, job_id, is_honeypot=True)
