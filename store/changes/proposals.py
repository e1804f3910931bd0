"""Classes that reviewers propose, and what managers make of them.

Every function that writes takes the dataset's lock. A decision is on all pending proposals of the same name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from store.changes.class_edits import Entry, append_class, change_settings, refuse_taken, require_active
from store.changes.errors import AlreadyProposedError, ProposalDecidedError
from store.database.columns import utc_now
from store.errors import NotFoundError
from store.models.dataset import Dataset, Sample
from store.models.review import ClassProposal, Lease, ProposalStatus
from store.models.version import Change, ChangeKind
from store.outbox.proposals import record_decided, record_proposed
from store.verification.verified_set import lock_dataset

MAX_DECIDED = 10_000
"""How many proposals of a name one decision is on; the others wait for another one."""


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals are listed. All conditions must hold; `before` is an id."""

    status: ProposalStatus | None = None
    reviewer: str | None = None
    sample_id: int | None = None
    before: int | None = None


class ListedProposal(NamedTuple):
    """A proposal and the file name of its sample."""

    proposal: ClassProposal
    file_name: str


class Outcome(NamedTuple):
    """What becomes of proposals: their status, the class that is meant, the reason, and who decided."""

    status: ProposalStatus
    label: int | None
    reason: str
    reviewer: str


def propose_class(
    session: Session, sample_id: int, name: str, *, description: str = "", reviewer: str = ""
) -> ClassProposal:
    """Propose a class for a sample, which leaves the queues until a manager decides.

    Raises `NotFoundError`, `ClassEditError` if the name means a class, `AlreadyProposedError`.
    """
    sample = session.get(Sample, sample_id)
    if sample is None:
        raise NotFoundError("sample", sample_id)
    dataset = lock_dataset(session, sample.dataset_id)
    refuse_taken(dataset, name)
    _refuse_second(session, sample, reviewer)
    proposal = ClassProposal(
        dataset_id=dataset.id, sample_id=sample_id, name=name, description=description, reviewer=reviewer
    )
    session.add(proposal)
    session.execute(delete(Lease).where(Lease.sample_id == sample_id, Lease.reviewer == reviewer))
    session.flush()
    record_proposed(session, dataset, proposal)
    return proposal


def list_proposals(
    session: Session, dataset_id: str, wanted: ProposalFilter, limit: int
) -> list[ListedProposal]:
    """Up to `limit` proposals, newest first. Those for removed samples are left out."""
    equal = {
        ClassProposal.status: wanted.status,
        ClassProposal.reviewer: wanted.reviewer,
        ClassProposal.sample_id: wanted.sample_id,
    }
    statement = (
        select(ClassProposal, Sample.file_name)
        .join(Sample, Sample.id == ClassProposal.sample_id)
        .where(ClassProposal.dataset_id == dataset_id)
        .where(*(column == value for column, value in equal.items() if value is not None))
        .order_by(ClassProposal.id.desc())
        .limit(limit)
    )
    if wanted.before is not None:
        statement = statement.where(ClassProposal.id < wanted.before)
    return [ListedProposal(*row) for row in session.execute(statement)]


def accept_proposal(  # noqa: PLR0913 # which proposal, as which class, all named
    session: Session,
    dataset_id: str,
    proposal_id: int,
    *,
    name: str | None = None,
    reason: str = "",
    reviewer: str = "",
) -> list[ClassProposal]:
    """Add the class, under its own name or another one. The undo of this change reopens the proposals.

    Raises `NotFoundError`, `ProposalDecidedError`, `ClassEditError`.
    """
    dataset, pending = _take(session, dataset_id, proposal_id)
    first = pending[0]
    values = {"description": first.description or None}
    changed = append_class(dataset, name or first.name, values)
    details = {"name": name or first.name, "proposal": first.id, "proposed_by": first.reviewer}
    change_settings(session, dataset, changed, Entry(ChangeKind.CLASS_ADDED, details, reviewer))
    label = len(dataset.classes) - 1
    outcome = Outcome(ProposalStatus.ACCEPTED, label, reason, reviewer)
    return _close(session, dataset, pending, outcome)


def map_proposal(  # noqa: PLR0913 # which proposal, onto which class, all named
    session: Session,
    dataset_id: str,
    proposal_id: int,
    *,
    label: int,
    reason: str = "",
    reviewer: str = "",
) -> list[ClassProposal]:
    """Say that the class `label`, which is there already, is meant.

    Raises `NotFoundError`, `ProposalDecidedError`.
    """
    dataset, pending = _take(session, dataset_id, proposal_id)
    require_active(dataset, label)
    outcome = Outcome(ProposalStatus.MAPPED, label, reason, reviewer)
    return _close(session, dataset, pending, outcome)


def reject_proposal(
    session: Session, dataset_id: str, proposal_id: int, *, reason: str, reviewer: str = ""
) -> list[ClassProposal]:
    """Turn the proposal down. Raises `NotFoundError`, `ProposalDecidedError`."""
    dataset, pending = _take(session, dataset_id, proposal_id)
    outcome = Outcome(ProposalStatus.REJECTED, None, reason, reviewer)
    return _close(session, dataset, pending, outcome)


def withdraw_proposal(
    session: Session, dataset_id: str, proposal_id: int, reviewer: str = ""
) -> ClassProposal:
    """Take one proposal back, whatever others propose. Raises `NotFoundError`, `ProposalDecidedError`."""
    dataset, pending = _take(session, dataset_id, proposal_id)
    outcome = Outcome(ProposalStatus.WITHDRAWN, None, "", reviewer)
    return _close(session, dataset, pending[:1], outcome)[0]


def get_proposal(session: Session, dataset_id: str, proposal_id: int) -> ClassProposal:
    """One proposal. Raises `NotFoundError`."""
    proposal = session.get(ClassProposal, proposal_id)
    if proposal is None or proposal.dataset_id != dataset_id:
        raise NotFoundError("class proposal", proposal_id)
    return proposal


def follow_undo(session: Session, dataset: Dataset, undone: Change) -> None:
    """Reopen the proposals of a class whose addition was undone; accept them again if it is back."""
    accepted = session.get(ClassProposal, undone.details.get("proposal", 0))
    if accepted is None or accepted.label is None:
        return
    is_back = dataset.class_map.is_active(accepted.label)
    before, after = ProposalStatus.ACCEPTED, ProposalStatus.PENDING
    session.execute(
        update(ClassProposal)
        .where(
            ClassProposal.dataset_id == dataset.id,
            ClassProposal.label == accepted.label,
            ClassProposal.status == (after if is_back else before),
        )
        .values(
            status=before if is_back else after,
            decided_by=undone.reviewer if is_back else None,
            decided_at=utc_now() if is_back else None,
        )
    )


def _refuse_second(session: Session, sample: Sample, reviewer: str) -> None:
    mine = exists().where(
        ClassProposal.dataset_id == sample.dataset_id,
        ClassProposal.status == ProposalStatus.PENDING,
        ClassProposal.sample_id == sample.id,
        ClassProposal.reviewer == reviewer,
    )
    if session.scalar(select(mine)):
        raise AlreadyProposedError


def _take(session: Session, dataset_id: str, proposal_id: int) -> tuple[Dataset, list[ClassProposal]]:
    """The dataset, locked, and the pending proposals of the same name, this one first."""
    dataset = lock_dataset(session, dataset_id)
    proposal = get_proposal(session, dataset_id, proposal_id)
    session.refresh(proposal)
    if proposal.status is not ProposalStatus.PENDING:
        raise ProposalDecidedError(proposal.status)
    same = select(ClassProposal).where(
        ClassProposal.dataset_id == dataset_id,
        ClassProposal.status == ProposalStatus.PENDING,
        ClassProposal.name == proposal.name,
        ClassProposal.id != proposal_id,
    )
    return dataset, [proposal, *session.scalars(same.order_by(ClassProposal.id).limit(MAX_DECIDED - 1))]


def _close(
    session: Session, dataset: Dataset, pending: Sequence[ClassProposal], outcome: Outcome
) -> list[ClassProposal]:
    now = utc_now()
    for one in pending:
        one.status, one.label, one.reason = outcome.status, outcome.label, outcome.reason
        one.decided_by, one.decided_at = outcome.reviewer, now
    session.flush()
    record_decided(session, dataset, pending)
    return list(pending)
