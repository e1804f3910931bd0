"""One POST to an address that somebody else chose: judged first, no redirects, limited in time and size."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urlunsplit

from store.errors import WebhookUrlError
from store.webhooks.addresses import Endpoint, Networks, check_url, resolve
from store.webhooks.deliveries import Answer

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
"""For all of request and answer. A limit per read alone would let an answer drip for ever."""
EXCERPT_BYTES = 1000


def post(url: str, headers: Mapping[str, str], body: bytes, allowed: Networks) -> Answer:
    """What the receiver answers, or why it does not."""
    try:
        parts = check_url(url, allowed)
        with _connected(parts, allowed) as connection:
            target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            connection.request("POST", target, body, dict(headers))
            return _read(connection.getresponse())
    except TimeoutError:
        return Answer(None, f"No answer within {TOTAL_SECONDS:.0f} seconds.")
    except (WebhookUrlError, OSError, HTTPException, UnicodeError) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:EXCERPT_BYTES])


def _read(response: HTTPResponse) -> Answer:
    text = response.read(EXCERPT_BYTES).decode("utf-8", "replace").replace("\0", "\ufffd")
    return Answer(response.status, text)


@contextmanager
def _connected(parts: SplitResult, allowed: Networks) -> Iterator[HTTPConnection]:
    """A connection to the address that was judged; what the name stands for later does not matter."""
    with _open(resolve(parts, allowed)) as plain, _ended_in_time(plain):
        connection = HTTPConnection(parts.hostname or "", plain.getpeername()[1])
        connection.sock = _encrypt(plain, parts)
        with closing(connection):
            yield connection


def _open(endpoints: Sequence[Endpoint]) -> socket.socket:
    """A connection to the first one that accepts it. Raises the last one's `OSError`."""
    for endpoint in endpoints[:-1]:
        with suppress(OSError):
            return socket.create_connection(endpoint, CONNECT_SECONDS)
    return socket.create_connection(endpoints[-1], CONNECT_SECONDS)


def _encrypt(plain: socket.socket, parts: SplitResult) -> socket.socket:
    if parts.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)


@contextmanager
def _ended_in_time(sock: socket.socket) -> Iterator[None]:
    """Shut the socket down after `TOTAL_SECONDS`. Raises `TimeoutError` then."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        with suppress(OSError):  # the receiver was quicker
            same.shutdown(socket.SHUT_RDWR)

    sock.settimeout(TOTAL_SECONDS)
    with sock.dup() as same:  # TLS takes the socket itself over
        timer = threading.Timer(TOTAL_SECONDS, end)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            if is_over.is_set():  # even if what arrived until then looks like an answer
                raise TimeoutError
