"""Signing in with an identity provider: OpenID Connect's authorization code flow with PKCE.

The provider says who somebody is. Who has an account is decided here: an invitation connects the two once,
by the provider's `sub`, because people can change their name and address there.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from typing import Any, NamedTuple, Self

from api.errors import ProviderError, SignInFailedError
from store.accounts.secrets import new_secret
from store.settings import Settings

SCOPE = "openid profile"
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60


class Attempt(NamedTuple):
    """What the browser keeps, in a cookie, while it is at the provider."""

    state: str
    nonce: str
    verifier: str
    link: str
    """The secret of an invitation; may be empty."""

    @classmethod
    def new(cls, link: str) -> Self:
        """An attempt with new secrets."""
        return cls(new_secret(), new_secret(), new_secret(), link)

    def write(self) -> str:
        """The value of the cookie."""
        return urlsafe_b64encode(json.dumps(self).encode()).decode()

    @classmethod
    def read(cls, cookie: str) -> Self:
        """From the cookie. Raises `SignInFailedError`."""
        try:
            values = json.loads(urlsafe_b64decode(cookie))
            return cls(*(str(value) for value in values))
        except (ValueError, TypeError, RecursionError) as error:
            raise SignInFailedError("this browser did not start it, or took too long") from error


def authorization_url(settings: Settings, redirect_uri: str, attempt: Attempt) -> str:
    """The provider's page to send the browser to. Raises `ProviderError`."""
    with _client(settings, redirect_uri) as client:
        endpoint = _discover(client, settings)["authorization_endpoint"]
        url, _ = client.create_authorization_url(
            endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
        )
    return str(url)


def fetch_subject(settings: Settings, redirect_uri: str, attempt: Attempt, state: str, code: str) -> str:
    """Who signed in at the provider: issuer and subject. Raises `SignInFailedError`, `ProviderError`."""
    if not compare_digest(state.encode(), attempt.state.encode()):
        raise SignInFailedError("the answer belongs to another attempt")
    with _client(settings, redirect_uri) as client:
        metadata = _discover(client, settings)
        token = _exchange(client, metadata["token_endpoint"], code, attempt.verifier)
        claims = _validate(settings, token, _get_json(client, metadata["jwks_uri"]), attempt.nonce)
    return f"{settings.oidc_issuer} {claims['sub']}"


def _client(settings: Settings, redirect_uri: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client  # late: most services need no provider

    secret = settings.oidc_client_secret
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=TIMEOUT_SECONDS,
    )


def _discover(client: Any, settings: Settings) -> dict[str, Any]:
    """The provider's own description."""
    issuer = settings.oidc_issuer
    metadata = _get_json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if metadata.get("issuer") != issuer:
        raise ProviderError(f"it calls itself {metadata.get('issuer')!r}, not {issuer!r}")
    missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - metadata.keys()
    if missing:
        raise ProviderError(f"it does not say its {', '.join(sorted(missing))}")
    return metadata


def _get_json(client: Any, url: str) -> dict[str, Any]:
    from httpx2 import HTTPError

    try:
        response = client.request("GET", url, withhold_token=True)
        response.raise_for_status()
        found = response.json()
    except (HTTPError, ValueError) as error:
        raise ProviderError(f"{url} does not answer as expected") from error
    return found if isinstance(found, dict) else {}


def _exchange(client: Any, endpoint: str, code: str, verifier: str) -> dict[str, Any]:
    """The tokens for the code, which the provider gave to the browser."""
    from authlib.integrations.httpx_client import OAuthError
    from httpx2 import HTTPError

    try:
        token = client.fetch_token(
            endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
        )
    except OAuthError as error:
        raise SignInFailedError(f"the provider refused it ({error.error})") from error
    except (HTTPError, ValueError) as error:
        raise ProviderError(f"{endpoint} does not answer as expected") from error
    return dict(token)


def _validate(settings: Settings, token: dict[str, Any], keys: Any, nonce: str) -> dict[str, Any]:
    """The claims of the ID token: signed by the provider, for this service, for this attempt, just now."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    options = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {
        "nonce": nonce,
        "client_id": settings.oidc_client_id,
        "access_token": token.get("access_token"),
    }
    try:
        decoded = jwt.decode(str(token.get("id_token")), KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SignInFailedError("the provider's answer is not valid") from error
    return dict(claims)
