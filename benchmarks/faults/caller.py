"""A client that never gives up: each request is repeated until the service answers it."""

import time
from typing import Any

import httpx

PAUSE_SECONDS = 0.3
TIMEOUT_SECONDS = 15
PATIENCE_SECONDS = 600
PASSING = (502, 503, 504, 507)
"""By these statuses the service says that it cannot answer now."""


class CallError(Exception):
    """The service refused what it should not refuse."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        self.status = response.status_code
        super().__init__(f"{method} {path}: {response.status_code} {response.text[:300]}")


class Caller:
    """Calls the service at `url`. `errors` collects answers of internal errors, which there must not be."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS)
        self.errors: list[str] = []
        self.repeated = 0

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """The JSON of the answer. Raises `CallError` for a status of 400 to 499."""
        response = self.send(method, path, **arguments)
        return response.json() if response.content else {}

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The answer. See `call`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            response = self._try(method, path, arguments)
            if response is not None and response.is_success:
                return response
            if response is not None and response.is_client_error:
                raise CallError(method, path, response)
            self.repeated += 1
            time.sleep(PAUSE_SECONDS)
        raise TimeoutError(f"{method} {path} was not answered for {PATIENCE_SECONDS} s")

    def _try(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response | None:
        try:
            response = self._http.request(method, path, **arguments)
        except httpx.TransportError:
            return None
        if response.is_server_error and response.status_code not in PASSING:
            self.errors.append(str(CallError(method, path, response)))
        return response
