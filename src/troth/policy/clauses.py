"""Every declared idea of a policy has an address that does not change while the idea stays."""

from __future__ import annotations

import difflib

from troth.base.errors import InputError
from troth.policy.model import Policy
from troth.policy.yaml_reader import Json


def clauses(policy: Policy) -> tuple[str, ...]:
    """All clause paths in alphabetical order, such as `retention.account` or `rights.erasure.within`."""
    return tuple(policy.addresses)


def clause(policy: Policy, path: str) -> Json:
    """What the policy says at `path`, as plain JSON. Raises InputError `policy.unknown-clause`."""
    try:
        return policy.addresses[path]
    except KeyError:
        close = difflib.get_close_matches(path[:200], policy.addresses, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "`clauses` lists every path"
        raise InputError("policy.unknown-clause", f"the policy has no clause `{path[:200]}`", hint=hint) from None
