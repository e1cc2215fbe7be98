"""A contract promises secrecy that another country's law can break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import first
from troth.policy.model import Policy

_MUST_TELL = re.compile(
    r"\b(dut(y|ies)|obligations?|obliged|compelled|required) to (disclose|reveal|hand over)\b"
    r"|披露义务|有义务[^，。；]{0,6}披露",
    re.IGNORECASE,
)
_SECRET = re.compile(r"\bconfidential|\bsecre(cy|t)\b|\bsame standard\b|保密", re.IGNORECASE)

SAYS = Wording(
    says={
        "en": "`{recipient}` is bound to secrecy by contract, which the law that makes it disclose outranks",
        "zh": "合同要求`{recipient}`保密，而要求其披露的法律效力高于合同",
    },
    hint={
        "en": "say what protects the data there besides the contract, or keep it out of that law's reach",
        "zh": "写明除合同外还有什么保护，或不让信息处于该法律的管辖之下",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Terms of a recipient demand secrecy, and others of its terms say that it may have to disclose."""
    for recipient in policy.recipients.values():
        tells, secret = first(recipient.terms, _MUST_TELL), first(recipient.terms, _SECRET)
        if tells is not None and secret is not None and tells != secret:
            yield SAYS.at(f"recipients.{recipient.id}.terms.{tells}", recipient=recipient.id)


RULE = Rule("terms-outranked", "note", find)
