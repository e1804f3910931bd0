"""Gives each request an id, measures it, and logs it with what it was about and who sent it."""

import re
import time
import uuid
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operations.metrics import Metrics

HEADER = "x-request-id"
ACCEPTED_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
UNMATCHED = "unmatched"

log = structlog.get_logger(__name__)


class Requests:
    """ASGI middleware around all others.

    The log names the ids in the path, such as `job_id`, and the account. What fails on our side is logged
    where it is handled, with the same id.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, logs: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.logs = logs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request with a `send` that adds its id and notes when the response begins."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = choose_id(Headers(scope=scope).get(HEADER, ""))
        # Never unbound: each request is a task with a context of its own, and errors are logged further out.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        start = time.perf_counter()

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
                self._note(scope, message["status"], time.perf_counter() - start)
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception:  # which is answered further out
            self._note(scope, HTTPStatus.INTERNAL_SERVER_ERROR, time.perf_counter() - start)
            raise

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], route_of(scope)
        self.metrics.requests.labels(method, route, str(int(status))).observe(seconds)
        if not self.logs:
            return
        log.info(
            "request",
            method=method,
            route=route,
            status=int(status),
            seconds=round(seconds, 4),
            user_id=scope.get("state", {}).get("user_id"),
            **scope.get("path_params", {}),
        )


def choose_id(sent: str) -> str:
    """The id that a proxy gave the request, if it is one that can stand in a log; else a new one."""
    return sent if ACCEPTED_ID.fullmatch(sent) else uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The template of the path, without ids. Anything may be asked for, so that others share one name."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))
