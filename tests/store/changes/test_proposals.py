"""Classes that reviewers propose: the queues, the decision of a manager, and the undo of an accepted one."""

import pytest
from sqlalchemy import Engine

from store.changes import proposals
from store.changes.class_edits import remove_class
from store.changes.errors import AlreadyProposedError, ClassEditError, ProposalDecidedError
from store.changes.proposals import ProposalFilter
from store.changes.undo import undo_change
from store.database.engine import session_scope
from store.models import ClassProposal, Dataset, EventType, Job, ProposalStatus, Queue, Webhook, WebhookEvent
from tests.factories import get_samples
from tests.store.reviewing import ids, request

NEW = 3


def propose(engine: Engine, sample_id: int, name: str = "kitten", reviewer: str = "Ann") -> int:
    """Propose a class; returns the proposal's id."""
    with session_scope(engine) as session:
        return proposals.propose_class(session, sample_id, name, reviewer=reviewer).id


def statuses(engine: Engine, dataset: Dataset) -> list[ProposalStatus]:
    """Statuses of the proposals, newest first."""
    with session_scope(engine, read_only=True) as session:
        listed = proposals.list_proposals(session, dataset.id, ProposalFilter(), 100)
        return [one.proposal.status for one in listed]


def names(engine: Engine, dataset: Dataset) -> list[str]:
    """The classes that can be given."""
    with session_scope(engine, read_only=True) as session:
        return session.get_one(Dataset, dataset.id).class_map.active_names


@pytest.mark.parametrize("queue", [Queue.VERIFY, Queue.REVIEW])
def test_the_image_waits_until_a_manager_decides(
    engine: Engine, dataset: Dataset, job: Job, queue: Queue
) -> None:
    job_id = job.id if queue is Queue.REVIEW else None
    (sample_id,) = ids(request(engine, dataset, "Ann", queue, job_id=job_id, count=1))
    proposal_id = propose(engine, sample_id)
    for reviewer in ("Ann", "Bob"):
        assert sample_id not in ids(request(engine, dataset, reviewer, queue, job_id=job_id, count=2))
    assert request(engine, dataset, "Cid", queue, job_id=job_id, count=1).remaining == 30 - 1 - 4 - 1
    with session_scope(engine) as session:
        proposals.reject_proposal(session, dataset.id, proposal_id, reason="A cat.", reviewer="Mia")
    assert sample_id in ids(request(engine, dataset, "Eve", queue, job_id=job_id, count=30))


def test_a_decision_is_on_all_proposals_of_the_name(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        first, second, third = [sample.id for sample in get_samples(session, dataset)][:3]
    proposal_id = propose(engine, first)
    propose(engine, second, reviewer="Bob")
    propose(engine, third, "puppy")
    with session_scope(engine) as session:
        decided = proposals.map_proposal(session, dataset.id, proposal_id, label=0, reviewer="Mia")
        assert [(one.sample_id, one.label, one.decided_by) for one in decided] == [
            (first, 0, "Mia"),
            (second, 0, "Mia"),
        ]
    expected = [ProposalStatus.PENDING, ProposalStatus.MAPPED, ProposalStatus.MAPPED]
    assert statuses(engine, dataset) == expected
    assert names(engine, dataset) == ["cat", "dog", "owl"]


def test_the_undo_of_an_accepted_class_reopens_its_proposals(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        first, second = [sample.id for sample in get_samples(session, dataset)][:2]
    proposal_id = propose(engine, first)
    propose(engine, second, reviewer="Bob")
    with session_scope(engine) as session:
        proposals.accept_proposal(session, dataset.id, proposal_id, name="young cat", reviewer="Mia")
        version = session.get_one(Dataset, dataset.id).version
    assert names(engine, dataset) == ["cat", "dog", "owl", "young cat"]
    assert statuses(engine, dataset) == [ProposalStatus.ACCEPTED] * 2
    with session_scope(engine) as session:
        undone = undo_change(session, dataset.id, version, "Mia").number
    assert names(engine, dataset) == ["cat", "dog", "owl"]
    assert statuses(engine, dataset) == [ProposalStatus.PENDING] * 2
    with session_scope(engine) as session:
        undo_change(session, dataset.id, undone, "Max")
        row = session.get_one(ClassProposal, proposal_id)
        assert (row.status, row.label, row.decided_by) == (ProposalStatus.ACCEPTED, NEW, "Max")
    assert names(engine, dataset) == ["cat", "dog", "owl", "young cat"]


def test_what_was_decided_otherwise_meanwhile_stays(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        sample_id = get_samples(session, dataset)[0].id
    proposal_id = propose(engine, sample_id)
    with session_scope(engine) as session:
        proposals.accept_proposal(session, dataset.id, proposal_id)
        undone = undo_change(session, dataset.id, session.get_one(Dataset, dataset.id).version).number
        proposals.reject_proposal(session, dataset.id, proposal_id, reason="No.")
        undo_change(session, dataset.id, undone)
        remove_class(session, dataset.id, NEW)
    assert statuses(engine, dataset) == [ProposalStatus.REJECTED]


def test_refusals(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine, read_only=True) as session:
        sample_id = get_samples(session, dataset)[0].id
    proposal_id = propose(engine, sample_id)
    with pytest.raises(AlreadyProposedError):
        propose(engine, sample_id, "puppy")
    with pytest.raises(ClassEditError, match="has a class 'owl'"):
        propose(engine, sample_id, "owl", "Bob")
    with session_scope(engine) as session:
        proposals.withdraw_proposal(session, dataset.id, proposal_id, "Ann")
    with pytest.raises(ProposalDecidedError, match="withdrawn"), session_scope(engine) as session:
        proposals.accept_proposal(session, dataset.id, proposal_id)
    propose(engine, sample_id, "puppy")


def test_webhooks_are_told(engine: Engine, dataset: Dataset) -> None:
    events = [EventType.CLASS_PROPOSED, EventType.CLASS_PROPOSAL_DECIDED]
    with session_scope(engine) as session:
        session.add(Webhook(dataset_id=dataset.id, url="https://example.org", events=events, secret=b"s"))
        sample_id = get_samples(session, dataset)[0].id
    proposal_id = propose(engine, sample_id)
    with session_scope(engine) as session:
        proposals.accept_proposal(session, dataset.id, proposal_id)
    with session_scope(engine, read_only=True) as session:
        rows = session.query(WebhookEvent).order_by(WebhookEvent.created_at).all()
        assert [row.type for row in rows] == events
        told = {"dataset_id": dataset.id, "dataset_name": dataset.name, "proposal_id": str(proposal_id)}
        assert rows[0].data == told | {"sample_id": str(sample_id)}
        assert rows[1].data == told | {"num_proposals": 1, "status": "accepted"}
