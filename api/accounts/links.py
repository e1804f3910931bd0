"""Password links: what one is for, and setting the password with it. Needs no sign-in."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.accounts import schemas
from api.auth import service as auth
from api.deps import ServicesDep
from api.problems import JSON_BODY, responses
from store.accounts import links, passwords, sessions, users
from store.accounts.redeem import redeem_link
from store.database.engine import session_scope

router = APIRouter(
    prefix="/password-links",
    tags=["session"],
    responses=responses(*JSON_BODY, HTTPStatus.GONE, HTTPStatus.TOO_MANY_REQUESTS),
)


@router.post("/preview", summary="Get what a password link is for")
def preview_link(request: Request, services: ServicesDep, body: schemas.LinkRead) -> schemas.LinkState:
    """Whose password the link sets. Changes nothing."""
    return _find(request, services, body.secret.get_secret_value())


@router.post(
    "/redeem",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.CONFLICT),
    summary="Set a password with a link",
)
def use_link(request: Request, response: Response, services: ServicesDep, body: schemas.LinkRedeem) -> None:
    """Set the password, end all other sessions and tokens of the account, and sign in. Works once."""
    secret = body.secret.get_secret_value()
    _find(request, services, secret)  # first: hashing takes time, which nobody without a link gets
    hashed = passwords.hash_password(body.password.get_secret_value())
    with session_scope(services.engine) as session:
        user = redeem_link(session, secret, hashed, body.name)
        cookie = sessions.start_session(session, user, auth.user_agent_of(request))
    auth.set_cookie(request, response, cookie)


def _find(request: Request, services: ServicesDep, secret: str) -> schemas.LinkState:
    services.throttle.attempt(name=None, address=auth.address_of(request))
    with session_scope(services.engine, read_only=True) as session:
        link = links.find_link(session, secret)
        name = users.get_user(session, link.user_id).name if link.user_id else None
    return schemas.LinkState(kind=link.kind, name=name, expires_at=link.expires_at)
