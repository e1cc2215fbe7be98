"""Data on their way are protected by a cipher, and no protocol is named."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy

_PROTOCOLS = ("tls", "ssl", "https", "ssh", "sftp", "ipsec", "quic", "wireguard", "noise", "dtls", "s/mime", "pgp")


def find(policy: Policy) -> Iterator[Found]:
    """A measure that `protects: transit` names algorithms, and none of them is a protocol."""
    for measure in policy.security.measures.values():
        if measure.protects == "transit" and measure.names and not any(map(_is_protocol, measure.names)):
            yield Found(
                f"security.measures.{measure.id}",
                f"{quoted(measure.names)} is no protocol, so nothing says how transmission is protected",
                "name the protocol and its version, such as TLS 1.3",
            )


def _is_protocol(name: str) -> bool:
    return name.lower().startswith(_PROTOCOLS)


RULE = Rule("cipher-without-protocol", "warning", find)
