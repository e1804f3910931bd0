"""Headers that every response carries, and the check that a changing request comes from our own pages."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import CrossOriginError
from api.problems import ProblemResponse, problem_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
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
    """ASGI middleware: refuses changes that another site's page sends, and sets the security headers.

    Browsers attach cookies (and reach services on the loopback address) also for pages of other sites. A
    request with a bearer token can not be such a one: a page would have to know the token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass the request on with a `send` that adds the headers."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in SAFE_METHODS and is_cross_origin(headers):
            refusal = ProblemResponse(problem_of(CrossOriginError(headers.get("origin", "unknown"))))
            return await refusal(scope, receive, send_secured)
        return await self.app(scope, receive, send_secured)


def is_cross_origin(headers: Headers) -> bool:
    """Whether a browser says that the request comes from a page of another site.

    Sec-Fetch-Site can not be forged by a page. Older browsers, and pages without https, only send Origin.
    """
    if headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
