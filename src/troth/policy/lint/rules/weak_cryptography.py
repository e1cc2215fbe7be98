"""The policy names an algorithm that no longer protects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_AES: Text = {"en": "AES", "zh": " AES"}
_SHA: Text = {"en": "SHA-256", "zh": " SHA-256"}
_TLS: Text = {"en": "TLS 1.2 or later", "zh": " TLS 1.2 或更高版本"}
_WEAK: Mapping[str, Text] = {
    **dict.fromkeys(("des", "3des", "rc4"), _AES),
    **dict.fromkeys(("md4", "sha-1", "sha1"), _SHA),
    "md5": {"en": "SHA-256, or Argon2 for passwords", "zh": " SHA-256，口令请用 Argon2"},
    **dict.fromkeys(("ssl", "sslv2", "sslv3", "tls 1.0", "tls 1.1"), _TLS),
}

SAYS = Wording(
    says={
        "en": "`{name}` is weak or outdated",
        "zh": "`{name}`强度不足或已经过时",
    },
    hint={
        "en": "use {better}",
        "zh": "请改用{better}",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A security measure names a broken or outdated algorithm or protocol."""
    for measure in policy.security.measures.values():
        for name in measure.names:
            if name.lower() in _WEAK:
                yield SAYS.at(f"security.measures.{measure.id}", name=name, better=_WEAK[name.lower()])


RULE = Rule("weak-cryptography", "warning", find)
