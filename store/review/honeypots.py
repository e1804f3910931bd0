"""Settled samples among those to be settled: they look like the others and only measure the reviewer."""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

from sqlalchemy import func, or_, select

from store.models.dataset import Sample
from store.models.result import Result
from store.models.review import Lease, Queue
from store.models.verification import Role, Verification
from store.review.queues import SampleIds, decided_by, in_scope
from store.review.sampling import Pick, Picker, nearest

QUEUES = (Queue.VERIFY, Queue.REVIEW)
FACTOR, MODULUS = 611_953, 1_000_003
"""Of a hash that both databases compute: an order of ids that is another for each reviewer."""


def mix_in(picker: Picker, picks: Sequence[Pick], in_hand: Collection[Lease], limit: int) -> list[Pick]:
    """Up to `limit` of `picks` with the dataset's share of honeypots among them.

    Who is tested when is drawn by a hash, so asking again does not draw again; it knows how many honeypots
    the reviewer has had, and nothing that anybody sees.
    """
    if picker.dataset.honeypot_rate == 0 or picker.ask.queue not in QUEUES:
        return list(picks[:limit])
    return list(_mixed(picker, picks, in_hand, limit))


def _mixed(picker: Picker, picks: Sequence[Pick], in_hand: Collection[Lease], limit: int) -> Iterator[Pick]:
    so_far = _count_so_far(picker, in_hand)
    waiting = list(reversed(picks))
    used = {*picker.without, *(lease.sample_id for lease in in_hand if lease.expires_at > picker.now)}
    for _ in range(limit):
        if not waiting:
            return
        honeypot = None
        if _is_drawn(picker, waiting[-1], so_far):
            honeypot = _choose(picker._replace(without=used), waiting[-1])
        if honeypot is None:
            yield waiting.pop()
        else:
            used.add(honeypot.sample_id)
            so_far += 1
            yield honeypot


def _is_drawn(picker: Picker, instead_of: Pick, so_far: int) -> bool:
    key = f"{picker.dataset.id} {picker.ask.reviewer} {instead_of.sample_id} {so_far}"
    draw = int.from_bytes(sha256(key.encode()).digest()[:8]) / 2**64
    return draw < picker.dataset.honeypot_rate


def _count_so_far(picker: Picker, in_hand: Collection[Lease]) -> int:
    """Honeypots that the reviewer has answered or not answered yet."""
    answered = select(func.count()).where(
        Verification.dataset_id == picker.dataset.id,
        Verification.reviewer == picker.ask.reviewer,
        Verification.role == Role.HONEYPOT,
    )
    return (picker.session.scalar(answered) or 0) + sum(1 for lease in in_hand if lease.is_honeypot)


def _choose(picker: Picker, instead_of: Pick) -> Pick | None:
    """A settled sample that the reviewer has said nothing of. In a ranking it is the nearest one, or its rank
    would give it away; elsewhere any. Not one that lacks opinions still, as after the overlap was raised: the
    reviewer's is to count there.
    """
    settled = in_scope(picker.dataset, picker.ask).where(
        Sample.settled_label.is_not(None),
        or_(Sample.num_opinions == 0, Sample.num_opinions >= picker.dataset.overlap),
        Sample.id.not_in(picker.without),
        ~decided_by(picker.ask.reviewer),
    )
    if picker.ask.queue is Queue.REVIEW:
        return _choose_by_rank(picker, settled, instead_of)
    seed = int.from_bytes(sha256(picker.ask.reviewer.encode()).digest()[:4])
    found = picker.session.scalar(settled.order_by((Sample.id * FACTOR + seed) % MODULUS).limit(1))
    return None if found is None else Pick(found, is_honeypot=True)


def _choose_by_rank(picker: Picker, settled: SampleIds, instead_of: Pick) -> Pick | None:
    job_id = picker.ask.job_id
    place = select(Result.rank).where(Result.job_id == job_id, Result.sample_id == instead_of.sample_id)
    rank = picker.session.scalars(place).one()
    found = nearest(picker.session, settled, rank, 1)
    if not found:
        return None
    closest = min(found, key=lambda neighbour: abs(neighbour.rank - rank))
    return Pick(closest.sample_id, job_id, is_honeypot=True)
