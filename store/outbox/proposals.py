"""The events of classes that reviewers propose."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from store.models import ClassProposal, Dataset, EventType
from store.outbox.record import record_event


def record_proposed(session: Session, dataset: Dataset, proposal: ClassProposal) -> None:
    """Write the event of a class that was proposed."""
    data = {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "proposal_id": str(proposal.id),
        "sample_id": str(proposal.sample_id),
    }
    record_event(session, dataset.id, EventType.CLASS_PROPOSED, lambda: data)


def record_decided(session: Session, dataset: Dataset, decided: Sequence[ClassProposal]) -> None:
    """Write the event of proposals of one name that a manager decided on together."""
    data = {
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "proposal_id": str(decided[0].id),
        "num_proposals": len(decided),
        "status": decided[0].status,
    }
    record_event(session, dataset.id, EventType.CLASS_PROPOSAL_DECIDED, lambda: data)
