"""The connection to the service: requests, pages, and answers that are problems."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from mslg_client.errors import BY_STATUS, ConnectionFailedError, ServiceError

Json = dict[str, Any]

PREFIX = "/api/v1"
TIMEOUT = httpx.Timeout(30, read=300, write=300)
"""Seconds. The last request of an upload waits until its file is in place."""
RETRIED = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each repetition of a request that may be repeated."""
PAGE_ITEMS = 200


class Service:
    """Sends requests below `/api/v1` of `url`, and raises what the service answers with.

    All methods raise `ServiceError` and `ConnectionFailedError`. A path is a template: its fields are filled
    with `ids`.
    """

    def __init__(self, url: str, token: str | None = None, transport: httpx.BaseTransport | None = None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        base_url = url.rstrip("/").removesuffix(PREFIX) + PREFIX
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT, transport=transport)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def call(self, method: str, path: str, *, ids: Mapping[str, str] | None = None, **arguments: Any) -> Json:
        """The JSON object of the answer, empty if it has no body. Repeats a GET that is not answered."""
        response = self.send(method, path, ids=ids, **arguments)
        values: Json = response.json() if response.content else {}
        return values

    def send(
        self, method: str, path: str, *, ids: Mapping[str, str] | None = None, **arguments: Any
    ) -> httpx.Response:
        """The answer, which is no error."""
        address = _fill(path, ids)
        for pause in PAUSES if method in ("GET", "HEAD") else ():
            try:
                response = self._http.request(method, address, **arguments)
            except httpx.TransportError:
                time.sleep(pause)
                continue
            if response.status_code not in RETRIED:
                return _checked(response)
            time.sleep(pause)
        return self._send_once(method, address, arguments)

    @contextmanager
    def stream(
        self, path: str, *, ids: Mapping[str, str] | None = None, **arguments: Any
    ) -> Iterator[httpx.Response]:
        """The answer to a GET whose body is read in the block, piece by piece."""
        try:
            with self._http.stream("GET", _fill(path, ids), **arguments) as response:
                if response.is_error:
                    response.read()
                yield _checked(response)
        except httpx.TransportError as error:
            raise _lost(self._http, error) from error

    def pages(
        self, path: str, *, ids: Mapping[str, str] | None = None, params: Mapping[str, Any] | None = None
    ) -> Iterator[Json]:
        """The items of all pages of a list."""
        wanted: dict[str, Any] = {"limit": PAGE_ITEMS, **(params or {})}
        while True:
            page = self.call("GET", path, ids=ids, params=wanted)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            wanted["cursor"] = page["next_cursor"]

    def _send_once(self, method: str, address: str, arguments: Mapping[str, Any]) -> httpx.Response:
        try:
            return _checked(self._http.request(method, address, **arguments))
        except httpx.TransportError as error:
            raise _lost(self._http, error) from error


def _fill(path: str, ids: Mapping[str, str] | None) -> str:
    return path.format(**{name: quote(value, safe="") for name, value in (ids or {}).items()})


def _checked(response: httpx.Response) -> httpx.Response:
    if not response.is_error:
        return response
    try:
        problem = response.json()
        kind = BY_STATUS.get(problem["status"], ServiceError)
    except (ValueError, KeyError, TypeError):  # a proxy answered, not the service
        detail = f"{response.request.url} answered {response.status_code} {response.reason_phrase}."
        problem = {"title": response.reason_phrase, "detail": detail, "code": "not_a_problem"}
        kind = BY_STATUS.get(response.status_code, ServiceError)
        raise kind({**problem, "status": response.status_code}) from None
    raise kind(problem)


def _lost(http: httpx.Client, error: httpx.TransportError) -> ConnectionFailedError:
    reason = str(error) or type(error).__name__
    return ConnectionFailedError(f"{http.base_url.host} does not answer: {reason}.")
