"""Webhooks reach public addresses, and nothing else unless the settings name it."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from pydantic import ValidationError

from store.errors import WebhookUrlError
from store.settings import Settings
from store.webhooks.addresses import Endpoint, check_url, is_allowed, parse_networks, resolve

PUBLIC = ["https://example.org/hook", "http://93.184.215.14:8080/a?b=c", "https://[2606:2800:21f::1]/x"]
REFUSED = [
    "ftp://example.org/",
    "//example.org/",
    "example.org",
    "https://",
    "https://user:password@example.org/",
    "https://example.org/#part",
    "https://example.org/a b",
    "https://exämple.org/",
    "https://example.org/\r\nHost: other",
    "https://example.org:99999/",
    "http://[::1",
    "http://localhost/",
    "http://my.localhost/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[ff02::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_public_addresses_are_accepted(url: str) -> None:
    check_url(url, [])


@pytest.mark.parametrize("url", REFUSED)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(WebhookUrlError) as caught:
        check_url(url, [])
    assert str(caught.value).endswith(".")


def test_a_network_of_the_settings_is_accepted() -> None:
    allowed = parse_networks("10.0.0.0/8, ::1/128")
    check_url("http://10.1.2.3/", allowed)
    check_url("http://[::1]:8000/", allowed)
    assert not is_allowed(ip_address("127.0.0.1"), allowed)


def test_settings_with_a_bad_network_are_refused() -> None:
    with pytest.raises(ValidationError, match="webhook_networks"):
        Settings(webhook_networks="10.0.0.0/8, here")


def answer_with(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name stand for these addresses."""

    def resolve_to(_host: str, port: int, **_: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_to)


def test_a_name_is_judged_by_what_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = check_url("https://example.org/", [])
    answer_with(monkeypatch, "93.184.215.14")
    assert resolve(parts, []) == [Endpoint("93.184.215.14", 443)]
    answer_with(monkeypatch, "127.0.0.1")
    with pytest.raises(WebhookUrlError):
        resolve(parts, [])


def test_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, "93.184.215.14", "192.168.0.1")
    with pytest.raises(WebhookUrlError, match="MSLG_WEBHOOK_NETWORKS"):
        resolve(check_url("https://example.org:8443/", []), [])
