"""Authentication: by bearer token, or by a session cookie that was issued in exchange for the token.

A session cookie is `<expiry>.<signature>`, signed with a key derived from the token. It needs no table and
does not reveal the token. It ends when it expires or when the service starts with another token.
"""

import hashlib
import hmac
import time

from api.errors import UnauthenticatedError, WrongTokenError
from store.settings import Settings

COOKIE_NAME = "mslg_session"
SESSION_SECONDS = 30 * 24 * 3600


def is_token_required(settings: Settings) -> bool:
    """Whether the service was started with a token."""
    return bool(_token(settings))


def sign_in(settings: Settings, token: str) -> str:
    """Exchange the token for the value of a session cookie. Raises `WrongTokenError`."""
    if is_token_required(settings) and not _is_token(settings, token):
        raise WrongTokenError
    return _sign(settings, int(time.time()) + SESSION_SECONDS)


def is_authenticated(settings: Settings, authorization: str | None, cookie: str | None) -> bool:
    """Whether the `Authorization` header or the session cookie authenticates the request."""
    if not is_token_required(settings):
        return True
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() == "bearer" and _is_token(settings, token.strip()):
        return True
    return _is_session(settings, cookie or "")


def authenticate(settings: Settings, authorization: str | None, cookie: str | None) -> None:
    """Raise `UnauthenticatedError` unless the request is authenticated."""
    if not is_authenticated(settings, authorization, cookie):
        raise UnauthenticatedError


def _token(settings: Settings) -> str:
    return settings.api_token.get_secret_value() if settings.api_token else ""


def _is_token(settings: Settings, token: str) -> bool:
    return hmac.compare_digest(token.encode(), _token(settings).encode())


def _is_session(settings: Settings, cookie: str) -> bool:
    expiry, _, _ = cookie.partition(".")
    if not (expiry.isascii() and expiry.isdigit() and len(expiry) <= 12):
        return False
    genuine = hmac.compare_digest(cookie.encode(), _sign(settings, int(expiry)).encode())
    return genuine and int(expiry) > time.time()


def _sign(settings: Settings, expiry: int) -> str:
    key = hashlib.sha256(b"mslg session key:" + _token(settings).encode()).digest()
    return f"{expiry}.{hmac.new(key, str(expiry).encode(), hashlib.sha256).hexdigest()}"
