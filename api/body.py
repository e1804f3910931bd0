"""Limits the size of request bodies: 1 MiB by default, more where an endpoint streams the body."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLargeError, TruncatedUploadError, UnsupportedMediaTypeError

JSON_BODY_BYTES = 1024 * 1024
_LIMIT = "mslg.body_limit"


class _Limit:
    """The byte limit of one request, and the bytes received so far."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.received = 0

    def check_announced(self, scope: Scope) -> None:
        """Raise `BodyTooLargeError` before a byte is read if the Content-Length exceeds the limit."""
        if (_announced_length(scope) or 0) > self.limit:
            raise BodyTooLargeError(self.limit)

    def count(self, size: int) -> None:
        """Raise `BodyTooLargeError` as soon as the received bytes exceed the limit."""
        self.received += size
        if self.received > self.limit:
            raise BodyTooLargeError(self.limit)


class BodyLimit:
    """ASGI middleware: refuses bodies over 1 MiB, unless the endpoint allows more with `stream_body`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request with a `receive` that counts bytes."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = scope[_LIMIT] = _Limit(JSON_BODY_BYTES)

        async def counted() -> Message:
            limit.check_announced(scope)
            message = await receive()
            limit.count(len(message.get("body", b"")))
            return message

        return await self.app(scope, counted, send)


async def stream_body(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body in chunks as they arrive, up to `limit` bytes in total.

    Raises `BodyTooLargeError` and `TruncatedUploadError`.
    """
    allowed: _Limit = request.scope[_LIMIT]
    allowed.limit = limit
    allowed.check_announced(request.scope)
    try:
        async with aclosing(request.stream()) as chunks:
            async for chunk in chunks:
                if chunk:
                    yield chunk
    except ClientDisconnect as error:
        raise TruncatedUploadError(allowed.received) from error
    if _announced_length(request.scope) not in (None, allowed.received):
        raise TruncatedUploadError(allowed.received)


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body in memory, up to `limit` bytes. Raises what `stream_body` raises."""
    return b"".join([chunk async for chunk in stream_body(request, limit)])


def media_type(request: Request, accepted: tuple[str, ...]) -> str:
    """The body's media type without its parameters. Raises `UnsupportedMediaTypeError`."""
    received = request.headers.get("content-type", "")
    bare = received.partition(";")[0].strip().lower()
    if bare not in accepted:
        raise UnsupportedMediaTypeError(received, accepted)
    return bare


def _announced_length(scope: Scope) -> int | None:
    text = Headers(scope=scope).get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None
