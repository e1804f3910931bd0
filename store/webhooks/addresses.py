"""Which addresses a webhook may have: public ones, and those of networks that the settings name.

Otherwise anybody who manages a dataset could have the service talk to machines that only it reaches. A name
is judged by the addresses that it stands for at the time of each request.
"""

import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from store.errors import WebhookUrlError

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

PORTS = {"http": 80, "https": 443}
NAT64 = IPv6Network("64:ff9b::/96")
LOCAL = "127.0.0.1"


class Endpoint(NamedTuple):
    """Where a socket connects: an address, not a name."""

    address: str
    port: int


def parse_networks(text: str) -> Networks:
    """Networks such as `10.0.0.0/8, ::1/128`. Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def check_url(url: str, allowed: Networks) -> SplitResult:
    """The parts of a URL that a webhook may have. Its name is not resolved. Raises `WebhookUrlError`."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise WebhookUrlError(f"is not a URL ({error})") from error
    if parts.scheme not in PORTS or not host:
        raise WebhookUrlError("does not start with https:// or http:// and a host")
    if parts.username is not None or parts.fragment:
        raise WebhookUrlError("has a user name or a fragment: leave it out")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise WebhookUrlError("has spaces or characters beyond ASCII: percent-encode them")
    literal = _as_literal(host)
    if literal is not None and not is_allowed(literal, allowed):
        raise _refusal(host)
    return parts


def resolve(parts: SplitResult, allowed: Networks) -> list[Endpoint]:
    """Where to connect to now, in order of preference. Raises `WebhookUrlError` if the host has an address
    that is not allowed, `OSError` if it has none at all.
    """
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    if not all(is_allowed(ip_address(one), allowed) for one in addresses):
        raise _refusal(host)
    return [Endpoint(one, port) for one in dict.fromkeys(addresses)]


def is_allowed(address: Address, allowed: Networks) -> bool:
    """Whether an address is public, or in one of the networks."""
    if any(address in network for network in allowed):
        return True
    return all(one.is_global and not one.is_multicast for one in _unwrap(address))


def _unwrap(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address that it stands for, if it does."""
    yield address
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(IPv4Address(address.packed[-4:]))
        yield from (one for one in inner if one is not None)


def _as_literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name, which only the network knows.

    `inet_aton` also reads what browsers and libraries take for an address, such as `2130706433` and `0x7f.1`.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return ip_address(LOCAL)
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _refusal(host: str) -> WebhookUrlError:
    return WebhookUrlError(
        f"leads to an address that is not public ({host}): use a public one, or let an administrator add the "
        "network to MSLG_WEBHOOK_NETWORKS"
    )
