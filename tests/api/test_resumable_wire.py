"""Uploads by the protocol tus to a real server: cut, silent, at the same time, stopped on the way."""

import httpx
import pytest

from api.deps import Services
from api.uploads import receive
from tests.api.support import SQLITE_ONLY, check_problem, wait_until
from tests.api.tus import (
    FILE,
    HALF,
    TUS,
    arrived,
    begin_at,
    check_nothing_left,
    cut_after,
    offset_of,
    open_request,
    send,
    stored_files,
)


def is_free_at(client: httpx.Client, path: str, offset: int) -> bool:
    """Whether the service has noticed the cut, and kept this many bytes."""
    shown = client.get(path).json()
    return not shown["is_receiving"] and shown["offset"] == offset


def test_a_cut_connection_keeps_what_arrived(live_url: str, services: Services) -> None:
    with httpx.Client(base_url=live_url) as client:
        path = begin_at(client)
        for end in (HALF // 2, HALF):
            start = offset_of(client, path)
            cut_after(live_url, path, start, FILE[start:end])
            wait_until(lambda end=end: is_free_at(client, path, end))  # type: ignore[misc]
        wait_until(lambda: send(client, path, HALF, FILE[HALF:]).status_code == 204)
    [file] = stored_files(services)
    assert file.read_bytes() == FILE


def test_a_client_that_falls_silent_can_continue_on_a_new_connection(
    live_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "SILENCE_SECONDS", 0.2)
    with httpx.Client(base_url=live_url) as client:
        path = begin_at(client)
        with open_request(live_url, path, 0) as silent:
            silent.sendall(FILE[:HALF])
            wait_until(lambda: arrived(client, path) == HALF)
            wait_until(lambda: send(client, path, HALF, FILE[HALF:]).status_code == 204)


@SQLITE_ONLY
def test_a_request_that_still_sends_keeps_others_out(live_url: str) -> None:
    with httpx.Client(base_url=live_url) as client:
        path = begin_at(client)
        with open_request(live_url, path, 0) as first:
            first.sendall(FILE[:HALF])
            wait_until(lambda: arrived(client, path) > 0)
            assert client.get(path).json()["is_receiving"]
            assert client.head(path, headers=TUS).status_code == 423
            check_problem(send(client, path, arrived(client, path), b"x"), 423, "upload_locked")
            first.sendall(FILE[HALF:])
            assert b" 204 " in first.recv(4096).splitlines()[0]
        assert not client.get(path).json()["is_receiving"]


@SQLITE_ONLY
def test_an_upload_that_is_stopped_while_it_is_sent(live_url: str, services: Services) -> None:
    with httpx.Client(base_url=live_url) as client:
        path = begin_at(client)
        with open_request(live_url, path, 0) as connection:
            connection.sendall(FILE[:HALF])
            wait_until(lambda: arrived(client, path) > 0)
            assert client.delete(path, headers=TUS).status_code == 204
            connection.sendall(FILE[HALF:])
            assert b" 404 " in connection.recv(4096).splitlines()[0]
    check_nothing_left(services)
