"""Data on their way are protected by a cipher, and no protocol is named."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_PROTOCOLS = ("tls", "ssl", "https", "ssh", "sftp", "ipsec", "quic", "wireguard", "noise", "dtls", "s/mime", "pgp")

SAYS = Wording(
    says={
        "en": "{names} is no protocol, so nothing says how transmission is protected",
        "zh": "{names}不是协议，因此并未说明传输如何受到保护",
    },
    hint={
        "en": "name the protocol and its version, such as TLS 1.3",
        "zh": "请写明协议及其版本，例如 TLS 1.3",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A measure that `protects: transit` names algorithms, and none of them is a protocol."""
    for measure in policy.security.measures.values():
        if measure.protects == "transit" and measure.names and not any(map(_is_protocol, measure.names)):
            yield SAYS.at(f"security.measures.{measure.id}", names=measure.names)


def _is_protocol(name: str) -> bool:
    return name.lower().startswith(_PROTOCOLS)


RULE = Rule("cipher-without-protocol", "warning", find)
