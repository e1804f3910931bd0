"""Users, for administrators: invite, list, change, reset the password."""

from http import HTTPStatus

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.accounts import schemas
from api.deps import ReadSession, WriteSession
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store import models
from store.accounts import users
from store.accounts.links import create_link, link_path

router = APIRouter(prefix="/users", tags=["accounts"])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY, HTTPStatus.CONFLICT),
    summary="Invite a user",
)
def create_user(session: WriteSession, body: schemas.UserCreate) -> schemas.Invitation:
    """Create a user who sees no dataset yet, and a link with which they set a password."""
    user = users.create_user(session, body.name, display_name=body.display_name, is_admin=body.is_admin)
    return _invite(session, user)


@router.get("", summary="List users")
def list_users(session: ReadSession) -> schemas.UserList:
    """All users, also disabled ones."""
    return schemas.UserList(items=[schemas.User.of(row) for row in users.list_users(session)])


@router.get("/{user_id}", responses=responses(HTTPStatus.NOT_FOUND), summary="Get a user")
def get_user(session: ReadSession, user_id: WorkId) -> schemas.User:
    """One user."""
    return schemas.User.of(users.get_user(session, user_id))


@router.patch(
    "/{user_id}",
    responses=responses(*JSON_BODY, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Change a user",
)
def change_user(session: WriteSession, user_id: WorkId, body: schemas.UserChange) -> schemas.User:
    """Make a user an administrator or no longer, disable or enable the account. Refused for the last
    administrator.
    """
    user = users.get_user(session, user_id)
    if body.display_name is not None:
        user.display_name = body.display_name
    if body.is_admin is not None:
        users.set_admin(session, user, body.is_admin)
    if body.disabled is True:
        users.disable(session, user)
    elif body.disabled is False:
        users.enable(user)
    return schemas.User.of(user)


@router.post(
    "/{user_id}/password-link",
    status_code=HTTPStatus.CREATED,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    summary="Create a password link",
)
def create_password_link(session: WriteSession, user_id: WorkId) -> schemas.Invitation:
    """A link with which the user sets a new password. It replaces an earlier one."""
    return _invite(session, users.get_user(session, user_id))


def _invite(session: Session, user: models.User) -> schemas.Invitation:
    secret = create_link(session, user)
    return schemas.Invitation(user=schemas.User.of(user), link=link_path(secret))
