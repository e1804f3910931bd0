"""Signing in and out."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.auth import service
from api.auth.schemas import SessionCreate, SessionState
from api.deps import ServicesDep
from api.errors import InvalidError
from api.problems import JSON_BODY, responses
from store.accounts.access import Caller
from store.database.engine import session_scope

router = APIRouter(prefix="/session", tags=["session"])


@router.get("", summary="Get the sign-in state")
def get_session(request: Request, services: ServicesDep) -> SessionState:
    """Whether sign-in is required and done. Needs no sign-in: the UI calls this first."""
    settings, credentials = services.settings, service.read_credentials(request)
    caller = Caller() if service.is_service(settings, credentials) else None
    if caller is None and settings.accounts:
        with session_scope(services.engine, read_only=True) as session:
            caller = service.find_caller(session, credentials)
    return SessionState(
        required=not settings.is_open,
        authenticated=caller is not None,
        accounts=settings.accounts,
        oidc=bool(settings.oidc_issuer),
        name=caller.user.name if caller and caller.user else None,
    )


@router.post(
    "",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(*JSON_BODY, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS),
    summary="Sign in",
)
def create_session(
    request: Request, response: Response, services: ServicesDep, credentials: SessionCreate
) -> None:
    """Set a session cookie in exchange for name and password, or for the service's own token."""
    if credentials.token is not None:
        token = credentials.token.get_secret_value()
        cookie = service.sign_in_with_token(services, token, service.address_of(request))
    else:
        cookie = _sign_in_with_password(request, services, credentials)
    service.set_cookie(request, response, cookie)


@router.delete("", status_code=HTTPStatus.NO_CONTENT, summary="Sign out")
def delete_session(request: Request, response: Response, services: ServicesDep) -> None:
    """End the session and remove its cookie."""
    service.sign_out(services, service.read_credentials(request))
    response.delete_cookie(service.COOKIE_NAME, httponly=True, samesite="strict")


def _sign_in_with_password(request: Request, services: ServicesDep, credentials: SessionCreate) -> str:
    if not services.settings.accounts:
        message = "This service has no accounts: set MSLG_ACCOUNTS=true, or sign in with its token."
        raise InvalidError.of_field("name", "no_accounts", message)
    assert credentials.name is not None  # noqa: S101 # for the type checker: the schema requires both
    assert credentials.password is not None  # noqa: S101
    return service.sign_in(services, credentials.name, credentials.password.get_secret_value(), request)
