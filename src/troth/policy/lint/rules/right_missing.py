"""The law gives a right that the policy does not mention."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_RIGHTS: dict[str, dict[str, str]] = {
    "cn": {
        "access": "PIPL art. 45",
        "copy": "PIPL art. 45",
        "portability": "PIPL art. 45",
        "correction": "PIPL art. 46",
        "erasure": "PIPL art. 47",
        "objection": "PIPL arts. 24 and 44",
        "withdrawal": "PIPL art. 15",
        "explanation": "PIPL arts. 24 and 48",
        "deceased": "PIPL art. 49",
        "complaint": "PIPL art. 50",
    },
    "eu": {
        "access": "GDPR art. 15",
        "correction": "GDPR art. 16",
        "erasure": "GDPR art. 17",
        "restriction": "GDPR art. 18",
        "portability": "GDPR art. 20",
        "objection": "GDPR art. 21",
        "withdrawal": "GDPR art. 7(3)",
        "complaint": "GDPR art. 77",
    },
    "us-ca": {
        "access": "Cal. Civ. Code 1798.110",
        "erasure": "Cal. Civ. Code 1798.105",
        "correction": "Cal. Civ. Code 1798.106",
        "opt-out": "Cal. Civ. Code 1798.120",
    },
}
_RIGHTS["uk"] = {right: law.replace("GDPR", "UK GDPR") for right, law in _RIGHTS["eu"].items()}


def find(policy: Policy) -> Iterator[Found]:
    """A regime of the policy knows a right that `rights` lacks."""
    for regime in policy.regimes:
        for right, law in _RIGHTS.get(regime, {}).items():
            if right not in policy.rights:
                yield Found(
                    "rights",
                    f"`{right}` is missing, which `{regime}` gives ({law})",
                    f"add a line `{right}: …` to `rights`",
                )


RULE = Rule("right-missing", "warning", find)
