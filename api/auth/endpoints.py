"""Signing in and out, and the dependency that guards every other route."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPBearer

from api.auth import service
from api.auth.schemas import SessionCreate, SessionState
from api.deps import SettingsDep
from api.problems import JSON_BODY, responses

router = APIRouter(prefix="/session", tags=["session"])

# These two only document the authentication schemes in OpenAPI; `service` decides.
_bearer = HTTPBearer(auto_error=False, description="The token the service was started with.")
_cookie = APIKeyCookie(name=service.COOKIE_NAME, auto_error=False, description="Set by POST /session.")


def require_access(
    request: Request,
    settings: SettingsDep,
    _bearer: Annotated[object, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> None:
    """Require the token or a session. Raises `UnauthenticatedError`."""
    service.authenticate(settings, request.headers.get("authorization"), cookie)


@router.get("", summary="Get the sign-in state")
def get_session(request: Request, settings: SettingsDep) -> SessionState:
    """Whether sign-in is required and done. Needs no token: the UI calls this first."""
    cookie = request.cookies.get(service.COOKIE_NAME)
    authorization = request.headers.get("authorization")
    return SessionState(
        required=service.is_token_required(settings),
        authenticated=service.is_authenticated(settings, authorization, cookie),
    )


@router.post(
    "",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(*JSON_BODY, HTTPStatus.UNAUTHORIZED),
    summary="Sign in",
)
def create_session(
    request: Request, response: Response, settings: SettingsDep, credentials: SessionCreate
) -> None:
    """Set a session cookie in exchange for the token."""
    response.set_cookie(
        service.COOKIE_NAME,
        service.sign_in(settings, credentials.token.get_secret_value()),
        max_age=service.SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


@router.delete("", status_code=HTTPStatus.NO_CONTENT, summary="Sign out")
def delete_session(response: Response) -> None:
    """Remove the session cookie."""
    response.delete_cookie(service.COOKIE_NAME, httponly=True, samesite="strict")
