"""A digest is offered as encryption."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_HASHES = ("md2", "md4", "md5", "sha-", "sha1", "sha2", "sha3", "sha5", "blake", "ripemd", "sm3")

SAYS = Wording(
    says={
        "en": "{hashes} is a digest, which neither encrypts nor gives a value back",
        "zh": "{hashes}是摘要算法，既不能加密，也不能还原",
    },
    hint={
        "en": "name the cipher that protects what must be read again, or say that only digests are kept",
        "zh": "写明用于保护需再次读取的信息的加密算法，或说明只保存摘要",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A measure of kind `encryption` names a hash function."""
    for measure in policy.security.measures.values():
        hashes = [name for name in measure.names if name.lower().startswith(_HASHES)]
        if measure.kind == "encryption" and hashes:
            yield SAYS.at(f"security.measures.{measure.id}.names", hashes=hashes)


RULE = Rule("hash-as-encryption", "warning", find)
