"""The policy names an algorithm that no longer protects."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_WEAK = {
    "des": "AES",
    "3des": "AES",
    "md4": "SHA-256",
    "md5": "SHA-256, or Argon2 for passwords",
    "rc4": "AES",
    "sha-1": "SHA-256",
    "sha1": "SHA-256",
    "ssl": "TLS 1.2 or later",
    "sslv2": "TLS 1.2 or later",
    "sslv3": "TLS 1.2 or later",
    "tls 1.0": "TLS 1.2 or later",
    "tls 1.1": "TLS 1.2 or later",
}


def find(policy: Policy) -> Iterator[Found]:
    """A security measure names a broken or outdated algorithm or protocol."""
    for measure in policy.security.measures.values():
        for name in measure.names:
            if name.lower() in _WEAK:
                yield Found(
                    f"security.measures.{measure.id}", f"`{name}` is weak or outdated", f"use {_WEAK[name.lower()]}"
                )


RULE = Rule("weak-cryptography", "warning", find)
