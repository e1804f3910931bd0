"""Classes that reviewers propose: propose, list, decide, withdraw."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.auth.access import CallerDep
from api.classes import proposal_schemas as schemas
from api.classes.schemas import Signed
from api.datasets.ready import ReadyDataset
from api.datasets.service import class_of_field, get_dataset, get_sample
from api.deps import ReadSession, WriteSession
from api.errors import InvalidError
from api.pagination import Cursor, CursorParameter, Limit, RowNumber
from api.problems import JSON_BODY, responses
from api.schemas import RowId, WorkId
from api.verification.schemas import MAX_REVIEWER
from store.accounts.access import Caller, Right, require_right
from store.changes import proposals
from store.changes.proposals import ListedProposal, ProposalFilter
from store.models import ClassProposal, Dataset, ProposalStatus

router = APIRouter(tags=["review"], responses=responses(HTTPStatus.NOT_FOUND))
CHANGES = responses(*JSON_BODY, HTTPStatus.CONFLICT)
CURSOR = Cursor("class-proposals", RowNumber)


@router.post(
    "/samples/{sample_id}/class-proposals",
    status_code=HTTPStatus.CREATED,
    responses=CHANGES,
    summary="Propose a class",
)
def propose_class(
    session: WriteSession, caller: CallerDep, sample_id: RowId, body: schemas.ClassProposalCreate
) -> schemas.ClassProposal:
    """Propose a class for an image that none of the classes fits.

    The image waits, and nobody is served it, until a manager decides. Then it comes back to its queues.
    """
    sample, dataset = get_sample(session, sample_id)
    proposal = proposals.propose_class(
        session,
        sample.id,
        body.name,
        description=body.description,
        reviewer=caller.reviewer(body.reviewer),
    )
    return schemas.ClassProposal.of(ListedProposal(proposal, sample.file_name), dataset.class_map.labels)


@router.get("/datasets/{dataset_id}/class-proposals", summary="List proposed classes")
def list_class_proposals(  # noqa: PLR0913, PLR0917 # one parameter per filter
    session: ReadSession,
    dataset_id: WorkId,
    status: Annotated[ProposalStatus | None, Query(description="Only these.")] = None,
    reviewer: Annotated[str | None, Query(max_length=MAX_REVIEWER, description="Only theirs.")] = None,
    sample_id: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,18}$", description="Only for this image.")
    ] = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> schemas.ClassProposalPage:
    """What reviewers proposed, newest first, and what became of it. Nothing is ever deleted."""
    classes = get_dataset(session, dataset_id).class_map.labels
    before = None if cursor is None else CURSOR.read(cursor)[0]
    wanted = ProposalFilter(status, reviewer, None if sample_id is None else int(sample_id), before)
    rows = proposals.list_proposals(session, dataset_id, wanted, limit + 1)
    return schemas.ClassProposalPage.build(
        rows,
        limit,
        lambda row: schemas.ClassProposal.of(row, classes),
        lambda row: CURSOR.write(row.proposal.id),
    )


@router.post(
    "/datasets/{dataset_id}/class-proposals/{proposal_id}/decision",
    responses=CHANGES,
    summary="Decide on a proposed class",
)
def decide_on_proposal(
    session: WriteSession,
    caller: CallerDep,
    dataset: ReadyDataset,
    proposal_id: RowId,
    body: schemas.ProposalDecision,
) -> schemas.DecidedProposals:
    """Accept the proposal, say which class is meant instead, or reject it.

    The decision is on all pending proposals of the same name. Their images come back to the queues. An
    accepted class is an entry of the dataset's changes: its undo reopens the proposals.
    """
    decided = _decide(session, dataset, int(proposal_id), body, caller.reviewer(body.reviewer))
    label, classes = decided[0].label, get_dataset(session, dataset.id).class_map.labels
    return schemas.DecidedProposals(
        num_proposals=len(decided),
        status=decided[0].status,
        label=None if label is None else classes[label],
    )


@router.post(
    "/datasets/{dataset_id}/class-proposals/{proposal_id}/withdrawal",
    responses=CHANGES,
    summary="Withdraw a proposed class",
)
def withdraw_proposal(
    session: WriteSession, caller: CallerDep, dataset: ReadyDataset, proposal_id: RowId, body: Signed
) -> schemas.DecidedProposals:
    """Take one proposal back, so that its image can be decided. With accounts, managers withdraw any."""
    _require_own(session, caller, proposals.get_proposal(session, dataset.id, int(proposal_id)))
    reviewer = caller.reviewer(body.reviewer)
    withdrawn = proposals.withdraw_proposal(session, dataset.id, int(proposal_id), reviewer)
    return schemas.DecidedProposals(num_proposals=1, status=withdrawn.status, label=None)


def _require_own(session: Session, caller: Caller, proposal: ClassProposal) -> None:
    if caller.user is not None and proposal.reviewer != caller.user.name:
        require_right(session, caller, proposal.dataset_id, Right.MANAGE)


def _decide(
    session: Session, dataset: Dataset, proposal_id: int, body: schemas.ProposalDecision, reviewer: str
) -> list[ClassProposal]:
    _check(body)
    if body.outcome == "rejected":
        return proposals.reject_proposal(
            session, dataset.id, proposal_id, reason=body.reason, reviewer=reviewer
        )
    if body.label is not None:
        label = class_of_field(dataset, body.label, "label")
        return proposals.map_proposal(
            session, dataset.id, proposal_id, label=label, reason=body.reason, reviewer=reviewer
        )
    return proposals.accept_proposal(
        session, dataset.id, proposal_id, name=body.name, reason=body.reason, reviewer=reviewer
    )


def _check(body: schemas.ProposalDecision) -> None:
    """Raise `InvalidError` if a field is missing that the outcome needs, or one is set that it lacks."""
    if body.outcome == "rejected" and body.reason == "":
        raise InvalidError.of_field("reason", "reason_missing", "Say why: the author reads it.")
    if body.outcome == "mapped" and body.label is None:
        raise InvalidError.of_field("label", "label_missing", "Name the class that is meant instead.")
    for field, outcome in (("name", "accepted"), ("label", "mapped")):
        if getattr(body, field) is not None and body.outcome != outcome:
            message = f"Only the outcome {outcome} takes a {field}: omit it."
            raise InvalidError.of_field(field, "not_expected", message)
