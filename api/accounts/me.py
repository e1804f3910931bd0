"""The caller's own account: roles, password, API tokens, sessions."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.accounts import schemas
from api.auth import service as auth
from api.auth.access import CallerDep
from api.deps import ReadSession, ServicesDep, WriteSession
from api.problems import JSON_BODY, responses
from api.schemas import WorkId
from store.accounts import members, passwords, sessions, tokens, users
from store.database.engine import session_scope
from store.models import UserSession

router = APIRouter(prefix="/users/me", tags=["accounts"], responses=responses(HTTPStatus.CONFLICT))


@router.get("", summary="Get your account")
def get_account(session: ReadSession, caller: CallerDep) -> schemas.Account:
    """The caller's account and roles."""
    user = users.get_user(session, caller.account.id)
    return schemas.Account.of_user(user, members.list_memberships(session, user.id))


@router.put(
    "/password",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(*JSON_BODY, HTTPStatus.TOO_MANY_REQUESTS),
    summary="Change your password",
)
def change_password(
    request: Request,
    response: Response,
    services: ServicesDep,
    caller: CallerDep,
    body: schemas.PasswordChange,
) -> None:
    """Set a new password. Ends all sessions and tokens of the account, and starts a new session."""
    address = auth.address_of(request)
    auth.check_password(services, caller.account.name, body.current_password.get_secret_value(), address)
    hashed = passwords.hash_password(body.password.get_secret_value())
    with session_scope(services.engine) as session:
        user = users.get_user(session, caller.account.id)
        users.set_password(session, user, hashed)
        cookie = sessions.start_session(session, user, auth.user_agent_of(request))
    auth.set_cookie(request, response, cookie)


@router.get("/tokens", summary="List your API tokens")
def list_tokens(session: ReadSession, caller: CallerDep) -> schemas.TokenList:
    """The caller's tokens, without their secrets."""
    rows = tokens.list_tokens(session, caller.account.id)
    return schemas.TokenList(items=[schemas.Token.of(row) for row in rows])


@router.post(
    "/tokens",
    status_code=HTTPStatus.CREATED,
    responses=responses(*JSON_BODY),
    summary="Create an API token",
)
def create_token(session: WriteSession, caller: CallerDep, body: schemas.TokenCreate) -> schemas.NewToken:
    """A token that acts for the caller. It is shown only in this answer."""
    row, secret = tokens.create_token(session, caller.account, body.name, body.scope, body.days)
    return schemas.NewToken(**schemas.Token.of(row).model_dump(), token=secret)


@router.delete(
    "/tokens/{token_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.NOT_FOUND),
    summary="Revoke an API token",
)
def revoke_token(session: WriteSession, caller: CallerDep, token_id: WorkId) -> None:
    """The token does not work from now on."""
    tokens.revoke_token(session, caller.account.id, token_id)


@router.get("/sessions", summary="List your sessions")
def list_sessions(session: ReadSession, caller: CallerDep) -> schemas.UserSessionList:
    """The browsers that are signed in with the caller's account."""
    rows = sessions.list_sessions(session, caller.account.id)
    current = caller.credential.id if caller.credential else None
    return schemas.UserSessionList(items=[_describe(row, current) for row in rows])


@router.delete(
    "/sessions/{session_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.NOT_FOUND),
    summary="End a session",
)
def revoke_session(session: WriteSession, caller: CallerDep, session_id: WorkId) -> None:
    """Sign a browser out."""
    sessions.revoke_session(session, caller.account.id, session_id)


def _describe(row: UserSession, current: str | None) -> schemas.UserSession:
    return schemas.UserSession(
        id=row.id,
        user_agent=row.user_agent,
        current=row.id == current,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
