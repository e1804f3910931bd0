"""The routes of signing in with an identity provider."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.auth import oidc, service
from api.auth.schemas import ProviderLogin, ProviderPage
from api.deps import ServicesDep
from api.errors import NoProviderError, NotInvitedError, SignInFailedError
from api.problems import JSON_BODY, responses
from store.accounts import sessions
from store.accounts.redeem import redeem_for_subject
from store.accounts.users import find_subject
from store.database.engine import session_scope
from store.models import User
from store.settings import Settings

COOKIE_NAME = "mslg_oidc"
COOKIE_PATH = "/api/v1/session/oidc"
CALLBACK = f"{COOKIE_PATH}/callback"
ATTEMPT_SECONDS = 600

router = APIRouter(
    prefix="/session/oidc",
    tags=["session"],
    responses=responses(HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY),
)

Answer = Annotated[str, Query(max_length=4000, description="From the identity provider.")]


@router.post("/login", responses=responses(*JSON_BODY), summary="Start to sign in with the identity provider")
def start_oidc(
    request: Request, response: Response, services: ServicesDep, body: ProviderLogin
) -> ProviderPage:
    """The provider's page to go to. It sends the browser back to `GET /session/oidc/callback`."""
    settings = _require_provider(services.settings)
    services.throttle.attempt(name=None, address=service.address_of(request))
    attempt = oidc.Attempt.new(body.link.get_secret_value() if body.link else "")
    url = oidc.authorization_url(settings, _redirect_uri(request, settings), attempt)
    response.set_cookie(
        COOKIE_NAME,
        attempt.write(),
        max_age=ATTEMPT_SECONDS,
        path=COOKIE_PATH,
        httponly=True,
        samesite="lax",  # the provider, another site, sends the browser back
        secure=request.url.scheme == "https",
    )
    return ProviderPage(url=url)


@router.get(
    "/callback",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    responses={
        303: {"description": "Signed in; to the start page."},
        **responses(HTTPStatus.UNAUTHORIZED, HTTPStatus.GONE),
    },
    summary="Come back from the identity provider",
)
def finish_oidc(
    request: Request, services: ServicesDep, state: Answer = "", code: Answer = "", error: Answer = ""
) -> RedirectResponse:
    """Sign in, and go to the start page. An invitation connects its user with who signed in."""
    settings = _require_provider(services.settings)
    services.throttle.attempt(name=None, address=service.address_of(request))
    attempt = oidc.Attempt.read(request.cookies.get(COOKIE_NAME, ""))
    if error or not code:
        raise SignInFailedError(f"the provider refused it ({error or 'no code'})")
    subject = oidc.fetch_subject(settings, _redirect_uri(request, settings), attempt, state, code)
    with session_scope(services.engine) as session:
        user = _find_or_connect(session, subject, attempt.link)
        cookie = sessions.start_session(session, user, service.user_agent_of(request))
    response = RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE_NAME, path=COOKIE_PATH, httponly=True, samesite="lax")
    service.set_cookie(request, response, cookie)
    return response


def _find_or_connect(session: Session, subject: str, link: str) -> User:
    user = find_subject(session, subject)
    if user is None and link:
        user = redeem_for_subject(session, link, subject)
    if user is None or user.disabled_at is not None:
        raise NotInvitedError
    return user


def _redirect_uri(request: Request, settings: Settings) -> str:
    """Where the provider sends the browser back to; register it there."""
    base = settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    return base + CALLBACK


def _require_provider(settings: Settings) -> Settings:
    """Raise `NoProviderError` for a service without an identity provider."""
    if not settings.oidc_issuer:
        raise NoProviderError
    return settings
