"""Loads the earlier verifications of samples that are about to be decided."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models.dataset import Sample
from store.models.review import Lease
from store.models.verification import Verification


class SampleHistory(NamedTuple):
    """A sample, its verifications (oldest first), and the deciding reviewer's lease on it."""

    sample: Sample
    verifications: list[Verification]
    lease: Lease | None = None


def load_histories(
    session: Session, sample_ids: Collection[int], reviewer: str = ""
) -> dict[int, SampleHistory]:
    """The histories of samples, by id. Call it under the dataset's lock: other writers could change them."""
    samples = session.scalars(
        select(Sample).where(Sample.id.in_(sample_ids)).execution_options(populate_existing=True)
    )
    leases = session.scalars(select(Lease).where(Lease.sample_id.in_(sample_ids), Lease.reviewer == reviewer))
    held = {lease.sample_id: lease for lease in leases}
    verifications = read_verifications(session, sample_ids)
    return {
        sample.id: SampleHistory(sample, verifications[sample.id], held.get(sample.id)) for sample in samples
    }


def read_verifications(session: Session, sample_ids: Collection[int]) -> defaultdict[int, list[Verification]]:
    """The verifications of samples, by sample id, oldest first."""
    statement = select(Verification).where(Verification.sample_id.in_(sample_ids)).order_by(Verification.id)
    return group_by_sample(session.scalars(statement))


def group_by_sample(verifications: Iterable[Verification]) -> defaultdict[int, list[Verification]]:
    """The verifications by sample id, in the order given."""
    grouped: defaultdict[int, list[Verification]] = defaultdict(list)
    for verification in verifications:
        grouped[verification.sample_id].append(verification)
    return grouped
