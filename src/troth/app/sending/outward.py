"""Calls to addresses that somebody wrote down: only to public ones, unless the settings allow a network by name.

An address is looked up once and the connection goes to what was found, so that a name that changes its mind between
the look and the call leads nowhere else. Redirects are not followed and no proxy of the environment is asked.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

import httpx

from troth.base.errors import InputError, RefusedError, UnavailableError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Parts of the public space whose addresses hold another one, or many: through them a private one can be reached.
_TUNNELS: Final = tuple(ip_network(one) for one in ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "192.88.99.0/24"))
_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}
_MOST_READ: Final = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back: the status, and the first part of the body."""

    status: int
    body: bytes

    @property
    def taken(self) -> bool:
        """Whether the receiver said that it took what it was sent."""
        return httpx.codes.is_success(self.status)


@dataclass(frozen=True)
class Outward:
    """Calls out. `allowed` are networks that may be reached although they are not public; it waits `seconds` for each
    step of a call."""

    allowed: tuple[Network, ...] = ()
    seconds: float = 10.0

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send `body` and give what came back, whatever its status.

        Raises:
            InputError: `outward.bad-address`.
            RefusedError: `outward.private-address`, `outward.not-encrypted`.
            UnavailableError: `outward.unavailable`, naming what failed; never the address.
        """
        parts, found = self._checked(url)
        pinned = parts.copy_with(host=str(found))
        sent = {**headers, "Host": parts.netloc.decode("ascii")}
        failure = None
        try:
            with (
                httpx.Client(timeout=self.seconds, trust_env=False, follow_redirects=False) as client,
                client.stream(
                    "POST", pinned, content=body, headers=sent, extensions={"sni_hostname": parts.host}
                ) as reply,
            ):
                return Reply(reply.status_code, _first(reply.iter_raw()))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            failure = _unavailable(type(error).__name__)
        raise failure  # out here, so that it does not carry an error that quotes the address

    def check(self, url: str) -> None:
        """Raise what `post` would raise before it sends anything."""
        self._checked(url)

    def _checked(self, url: str) -> tuple[httpx.URL, Address]:
        parts = _read(url)
        found = self._found(parts.host, parts.port or _PORTS[parts.scheme])
        if parts.scheme != "https" and not self._is_allowed(found):
            hint = "use https, or name the network in TROTH_PRIVATE_NETWORKS"
            raise RefusedError("outward.not-encrypted", "the address is not `https`", hint=hint)
        return parts, found

    def _found(self, host: str, port: int) -> Address:
        """Where the name leads; one private place among several is enough to refuse."""
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _unavailable("a name that leads nowhere") from None
        found = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
        for one in found:
            if not is_public(one) and not self._is_allowed(one):
                hint = "name its network in TROTH_PRIVATE_NETWORKS if it shall be reached"
                raise RefusedError("outward.private-address", "the address leads into a private network", hint=hint)
        return found[0]

    def _is_allowed(self, one: Address) -> bool:
        plain = _unmapped(one)
        return any(plain in network for network in self.allowed)


def is_public(one: Address) -> bool:
    """Whether it is an address of the public internet, and of one machine."""
    plain = _unmapped(one)
    return plain.is_global and not plain.is_multicast and not any(plain in tunnel for tunnel in _TUNNELS)


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Networks as settings write them, `10.0.0.0/8`. Raises ValueError."""
    return tuple(ip_network(one) for one in written)


def _read(url: str) -> httpx.URL:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL("")
    if parts.scheme not in _PORTS or not parts.host:
        raise InputError("outward.bad-address", "the address cannot be read", hint="give it as https://host/path")
    return parts


def _unmapped(one: Address) -> Address:
    mapped = one.ipv4_mapped if isinstance(one, IPv6Address) else None
    return mapped or one


def _first(pieces: Iterable[bytes]) -> bytes:
    read = b""
    for piece in pieces:
        read += piece
        if len(read) >= _MOST_READ:
            break
    return read[:_MOST_READ]


def _unavailable(why: str) -> UnavailableError:
    return UnavailableError("outward.unavailable", f"the call failed with {why}", hint="it is tried again")
