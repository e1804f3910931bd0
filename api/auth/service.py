"""Signing in, and finding the caller of a request: an account, or the service's own token.

The session of an account is a row, and its cookie a random secret. The session of the service's token is a
cookie `<expiry>.<signature>`, signed with a key derived from the token: it needs no row and does not reveal
the token. It ends when it expires or when the service starts with another token.
"""

import hashlib
import hmac
import time
from typing import NamedTuple

from fastapi import Request, Response
from sqlalchemy.orm import Session

from api.deps import Services
from api.errors import WrongTokenError
from store.accounts import sessions, tokens
from store.accounts.access import Caller
from store.accounts.errors import BadCredentialsError
from store.accounts.passwords import is_password
from store.accounts.users import find_user, get_user
from store.database.engine import session_scope
from store.models import User
from store.settings import Settings

COOKIE_NAME = "mslg_session"
SESSION_SECONDS = int(sessions.LIFETIME.total_seconds())


class Credentials(NamedTuple):
    """What a request carries. With a bearer token, the cookie does not count."""

    bearer: str | None
    cookie: str


def read_credentials(request: Request) -> Credentials:
    """The credentials of a request."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    return Credentials(bearer, request.cookies.get(COOKIE_NAME, ""))


def is_service(settings: Settings, credentials: Credentials) -> bool:
    """Whether the request comes from the one local user, or with the service's own token."""
    if settings.is_open:
        return True
    if credentials.bearer is not None:
        return _is_token(settings, credentials.bearer)
    return _is_token_session(settings, credentials.cookie)


def find_caller(session: Session, credentials: Credentials) -> Caller | None:
    """The account that the credentials are of, if they are valid now."""
    found = (
        sessions.find_session(session, credentials.cookie)
        if credentials.bearer is None
        else tokens.find_token(session, credentials.bearer)
    )
    return None if found is None else Caller(user=found[1], credential=found[0])


def sign_in_with_token(services: Services, token: str, address: str) -> str:
    """The value of a session cookie for the service's own token. Raises `WrongTokenError`."""
    settings = services.settings
    if settings.is_open:
        return _sign(settings, int(time.time()) + SESSION_SECONDS)
    services.throttle.attempt(name=None, address=address)
    if not _is_token(settings, token):
        raise WrongTokenError
    return _sign(settings, int(time.time()) + SESSION_SECONDS)


def sign_in(services: Services, name: str, password: str, request: Request) -> str:
    """The value of a session cookie for an account.

    Raises `TooManyAttemptsError` before it looks at the password, and `BadCredentialsError`.
    """
    user = check_password(services, name, password, address_of(request))
    with session_scope(services.engine) as session:
        current = get_user(session, user.id)
        if current.password_hash != user.password_hash or not current.can_sign_in:
            raise BadCredentialsError  # changed while the password was checked
        return sessions.start_session(session, current, user_agent_of(request))


def check_password(services: Services, name: str, password: str, address: str) -> User:
    """The user with this name and password. Holds no transaction meanwhile.

    Raises `TooManyAttemptsError`, `BadCredentialsError`.
    """
    services.throttle.attempt(name=name, address=address)
    with session_scope(services.engine, read_only=True) as session:
        user = find_user(session, name)
    stored = user.password_hash if user is not None and user.disabled_at is None else None
    if not is_password(password, stored) or user is None:
        raise BadCredentialsError
    services.throttle.succeeded(name)
    return user


def sign_out(services: Services, credentials: Credentials) -> None:
    """End the session of the cookie, if it is of an account."""
    if not services.settings.accounts or not credentials.cookie:
        return
    with session_scope(services.engine) as session:
        found = sessions.find_session(session, credentials.cookie)
        if found is not None:
            sessions.revoke_session(session, found[1].id, found[0].id)


def set_cookie(request: Request, response: Response, value: str) -> None:
    """Sign the browser in."""
    response.set_cookie(
        COOKIE_NAME,
        value,
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def address_of(request: Request) -> str:
    """The address that the request comes from."""
    return request.client.host if request.client else ""


def user_agent_of(request: Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")


def _token(settings: Settings) -> str:
    return settings.api_token.get_secret_value() if settings.api_token else ""


def _is_token(settings: Settings, token: str) -> bool:
    own = _token(settings)
    return bool(own) and hmac.compare_digest(token.encode(), own.encode())


def _is_token_session(settings: Settings, cookie: str) -> bool:
    expiry, _, _ = cookie.partition(".")
    if not (_token(settings) and expiry.isascii() and expiry.isdigit() and len(expiry) <= 12):
        return False
    genuine = hmac.compare_digest(cookie.encode(), _sign(settings, int(expiry)).encode())
    return genuine and int(expiry) > time.time()


def _sign(settings: Settings, expiry: int) -> str:
    key = hashlib.sha256(b"mslg session key:" + _token(settings).encode()).digest()
    return f"{expiry}.{hmac.new(key, str(expiry).encode(), hashlib.sha256).hexdigest()}"
