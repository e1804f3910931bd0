"""Members of a dataset: list, add, change, remove."""

from http import HTTPStatus

from fastapi import APIRouter

from api.accounts import schemas
from api.datasets.service import get_dataset
from api.deps import ReadSession, WriteSession
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.accounts import members
from store.accounts.users import get_named_user, get_user
from store.verification.verified_set import lock_dataset

router = APIRouter(
    prefix="/datasets/{dataset_id}/members", tags=["accounts"], responses=responses(HTTPStatus.NOT_FOUND)
)


@router.get("", summary="List members")
def list_members(session: ReadSession, dataset_id: WorkId) -> schemas.MemberList:
    """Who may do what with the dataset. Administrators may do everything and need no role."""
    rows = members.list_members(session, get_dataset(session, dataset_id).id)
    return schemas.MemberList(items=[schemas.Member.of(*row) for row in rows])


@router.post("", status_code=HTTPStatus.CREATED, responses=responses(*JSON_BODY), summary="Add a member")
def add_member(session: WriteSession, dataset_id: WorkId, body: schemas.MemberCreate) -> schemas.Member:
    """Give a user a role on the dataset, or another one."""
    dataset, user = lock_dataset(session, dataset_id), get_named_user(session, body.name)
    member = members.set_member(session, dataset.id, user, body.role, may_adjudicate=body.may_adjudicate)
    return schemas.Member.of(member, user)


@router.put("/{user_id}", responses=responses(*JSON_BODY), summary="Change a member")
def change_member(
    session: WriteSession, dataset_id: WorkId, user_id: WorkId, body: schemas.MemberChange
) -> schemas.Member:
    """Set the member's role."""
    members.get_member(session, dataset_id, user_id)
    user = get_user(session, user_id)
    member = members.set_member(session, dataset_id, user, body.role, may_adjudicate=body.may_adjudicate)
    return schemas.Member.of(member, user)


@router.delete("/{user_id}", status_code=HTTPStatus.NO_CONTENT, summary="Remove a member")
def remove_member(session: WriteSession, dataset_id: WorkId, user_id: WorkId) -> None:
    """The user does not see the dataset any more. Their decisions stay."""
    members.remove_member(session, dataset_id, user_id)
