"""What a person can opt out of without ever having agreed to it. Each is one matter of the ledger and two facts.

The matter is called `opt-out:sale`: no id of a policy holds a colon, so it is never mistaken for a function.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from troth.base.errors import InputError
from troth.base.text import Text

OPT_OUTS: Mapping[str, Text] = {
    "sale": {"zh": "出售个人信息", "en": "sale of personal information"},
    "sharing": {"zh": "为跨情境行为广告共享个人信息", "en": "sharing for cross-context behavioural advertising"},
    "targeted-advertising": {"zh": "定向广告", "en": "targeted advertising"},
    "profiling": {"zh": "用户画像", "en": "profiling"},
    "sensitive": {
        "zh": "超出必要范围使用敏感个人信息",
        "en": "use of sensitive personal information beyond what is necessary",
    },
    "automated": {"zh": "自动化决策", "en": "automated decisions"},
}
"""By name. While somebody is opted out of NAME the fact `opted-out.NAME` holds, once they opted in `opted-in.NAME`."""

SIGNALLED = ("sale", "sharing", "targeted-advertising")
"""What Global Privacy Control says no to: not deletion, not use by the controller itself, not sensitive data."""

_PREFIX = "opt-out:"


def opt_out_matter(name: str) -> str:
    """What the ledger calls the matter. Raises InputError `consent.unknown-opt-out`."""
    if name not in OPT_OUTS:
        close = difflib.get_close_matches(name[:60], OPT_OUTS, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(OPT_OUTS)}"
        raise InputError("consent.unknown-opt-out", f"there is no opt-out of `{name[:60]}`", hint=hint)
    return f"{_PREFIX}{name}"


def opt_out_of(matter: str) -> str | None:
    """The name of the opt-out that the ledger calls `matter`; None for a consent."""
    return matter.removeprefix(_PREFIX) if matter.startswith(_PREFIX) else None


def opted_out_fact(name: str) -> str:
    """The fact that somebody opted out."""
    return f"opted-out.{name}"


def opted_in_fact(name: str) -> str:
    """The fact that somebody opted in."""
    return f"opted-in.{name}"
