"""A small identity provider on the loopback address. `claims` and `key` let a test make it misbehave."""

import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.api.support import wait_until

CLIENT_ID, CLIENT_SECRET = "mslg", "a-secret-of-the-client"
CREDENTIALS = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


class Provider:
    """Signs everybody in as `subject`, without asking."""

    def __init__(self) -> None:
        self.subject = "ada@provider"
        self.claims: dict[str, Any] = {}
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.published = self.key
        self._codes: dict[str, dict[str, str]] = {}

    def app(self) -> FastAPI:
        """The provider's pages."""
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.describe)
        app.get("/keys")(lambda: KeySet([self.published]).as_dict(private=False))
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.exchange)
        return app

    def describe(self) -> dict[str, str]:
        """The addresses of the pages."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorize(self, request: Request) -> RedirectResponse:
        """Send the browser back with a code."""
        query = dict(request.query_params)
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self._codes[code] = query
        back = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", status_code=302)

    async def exchange(self, request: Request) -> JSONResponse:
        """The ID token for a code: once, for the client, with the verifier."""
        form = dict(parse_qsl((await request.body()).decode()))
        query = self._codes.pop(form["code"], None)
        if (
            query is None
            or request.headers["authorization"] != f"Basic {CREDENTIALS}"
            or query["redirect_uri"] != form["redirect_uri"]
            or query["code_challenge"] != create_s256_code_challenge(form["code_verifier"])
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
            "nonce": query["nonce"],
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.claims, self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


@contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider behind a real server."""
    provider = Provider()
    config = uvicorn.Config(provider.app(), port=0, lifespan="off", ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    provider.issuer = f"http://{host}:{port}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
