"""A POST to a receiver that does what it wants."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from store.webhooks.addresses import parse_networks
from store.webhooks.deliveries import Answer
from tests.receiver import Receiver
from worker.webhooks import post as module
from worker.webhooks.post import EXCERPT_BYTES, post

ALLOWED = parse_networks("127.0.0.0/8")
BODY = b'{"type":"ping"}'


def send(url: str) -> Answer:
    return post(url, {"content-type": "application/json"}, BODY, ALLOWED)


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which one connection is answered so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):  # the sender hung up
                connection, _ = server.accept()
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_the_receiver_gets_body_and_headers(receiver: Receiver) -> None:
    assert send(receiver.url) == Answer(200, "thank you")
    (request,) = receiver.received
    assert request.path == "/hook?from=mslg"
    assert request.body == BODY
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == receiver.url.split("/")[2]


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"location": receiver.url}
    assert send(receiver.url).status == 302
    assert len(receiver.received) == 1


def test_only_the_beginning_of_an_answer_is_kept(receiver: Receiver) -> None:
    receiver.answer = b"\x00\xff" + b"a" * 10_000_000
    answer = send(receiver.url)
    assert answer.status == 200
    assert answer.excerpt == "\ufffd\ufffd" + "a" * (EXCERPT_BYTES - 2)


def test_a_private_address_is_not_connected_to(receiver: Receiver) -> None:
    answer = post(receiver.url, {}, BODY, [])
    assert answer.status is None
    assert "not public" in answer.excerpt
    assert receiver.received == []


def test_a_name_that_changes_its_address_is_not_followed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was judged is the one that is connected to."""
    answers = ["127.0.0.1", "169.254.169.254"]
    lookup = socket.getaddrinfo

    def rebind(host: str, port: int, *args: int, **named: int) -> object:
        return lookup(answers.pop(0) if host == "rebind.example" else host, port, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    assert send(receiver.url.replace("127.0.0.1", "rebind.example")).status == 200
    assert answers == ["169.254.169.254"]
    assert receiver.received[0].headers["host"].startswith("rebind.example:")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    answer = send(f"http://127.0.0.1:{port}/")
    assert answer.status is None
    assert "refused" in answer.excerpt


def test_an_answer_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.5)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
        for _ in range(200):
            connection.sendall(b"a")
            time.sleep(0.05)

    with serving(drip) as port:
        answer = send(f"http://127.0.0.1:{port}/")
    assert answer.status is None
    assert answer.excerpt.startswith("No answer within")


@pytest.mark.parametrize(
    "garbage", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000]
)
def test_what_is_no_http_is_no_answer(garbage: bytes) -> None:
    with serving(lambda connection: connection.sendall(garbage)) as port:
        answer = send(f"http://127.0.0.1:{port}/")
    assert answer.status is None
    assert answer.excerpt


def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            received = b""
            while BODY not in received:
                received += secure.recv(10_000)
            secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serving(answer) as port:
        assert "CERTIFICATE_VERIFY_FAILED" in send(f"https://127.0.0.1:{port}/").excerpt
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(answer) as port:
        assert send(f"https://127.0.0.1:{port}/") == Answer(204, "")


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself; its key is beside it."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout key.pem -out cert.pem"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / "cert.pem"
