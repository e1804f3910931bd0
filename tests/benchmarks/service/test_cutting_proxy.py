"""The proxy forwards both ways, counts, and resets a connection at the byte it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from benchmarks.service.cutting_proxy import proxying


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets, one connection at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=echo, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def echo(listener: socket.socket) -> None:
    """Serve until the listener ends."""
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, suppress(ConnectionError):
                while data := client.recv(1000):
                    client.sendall(data)


def read_to_end(connection: socket.socket) -> bytes:
    """All that comes before the connection ends, in whatever way."""
    data = b""
    with suppress(ConnectionError):
        while piece := connection.recv(1000):
            data += piece
    return data


def test_a_connection_is_cut_once_and_the_next_one_works(echo_port: int) -> None:
    with proxying(echo_port, [1500], 1e9) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as first:
            first.sendall(b"x" * 1000)
            assert first.recv(1000)
            first.sendall(b"y" * 1000)
            assert b"y" not in read_to_end(first)
        assert (proxy.num_cuts, proxy.bytes_in) == (1, 2000)
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as second:
            second.sendall(b"again")
            assert second.recv(1000) == b"again"
        assert proxy.num_cuts == 1
