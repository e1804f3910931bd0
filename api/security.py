"""Security headers on every response, and protection against requests from other sites."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError, CrossOriginError, UnknownHostError
from api.problems import ProblemResponse, problem_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
IMAGES = "img-src 'self' data: blob:"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        IMAGES,
        "style-src 'self' 'unsafe-inline'",  # positions of virtual rows and bars are style attributes
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Security:
    """ASGI middleware: refuses requests from pages of other sites, and sets the security headers.

    Browsers attach cookies to requests from pages of other sites, and let them reach the loopback address. A
    request with a bearer token is safe, because such a page does not know the token.

    A service without sign-in (`is_open`) also refuses foreign host names: a site can point its name at
    127.0.0.1 after its page is loaded (DNS rebinding).

    image_hosts: from where else pages may show images.
    """

    def __init__(self, app: ASGIApp, *, is_open: bool, image_hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.is_open = is_open
        policy = CONTENT_SECURITY_POLICY.replace(IMAGES, " ".join((IMAGES, *image_hosts)))
        self.headers = HEADERS | {"Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then forward it with a `send` that adds the headers."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        error = self._refusal(scope["method"], Headers(scope=scope))
        if error is not None:
            return await ProblemResponse(problem_of(error))(scope, receive, send_secured)
        return await self.app(scope, receive, send_secured)

    def _refusal(self, method: str, headers: Headers) -> ApiError | None:
        if self.is_open and is_foreign_name(headers.get("host", "")):
            return UnknownHostError(headers["host"])
        if method not in SAFE_METHODS and is_cross_origin(headers):
            return CrossOriginError(headers.get("origin", "unknown"))
        return None


def is_foreign_name(host: str) -> bool:
    """Whether a Host header names what another site could own: neither localhost nor an IP address."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return True
    if not name or name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        ip_address(name)
    except ValueError:
        return True
    return False


def is_cross_origin(headers: Headers) -> bool:
    """Whether the browser's headers show that the request comes from a page of another site.

    Pages cannot forge Sec-Fetch-Site. Older browsers, and pages without HTTPS, only send Origin.
    """
    if headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc != headers.get("host")
    except ValueError:  # not a URL, so not ours
        return True
