"""What a published version is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set


@dataclass(frozen=True)
class Version:
    """An immutable published state of a policy, with the data maps that were published together with it.

    `id` is such as `kaiconn:1`; `hash` is the policy's own; `maps` are plain JSON by name of store; `entry` is the
    index of the journal entry that tells of the publication. `audience` names the rule set that `policy` was narrowed
    to, if it was.
    """

    id: str
    name: str
    number: int
    policy: Policy = field(repr=False)
    maps: Mapping[str, Any] = field(repr=False)
    hash: str
    published_at: datetime
    entry: int
    audience: str | None = None

    def for_audience(self, name: str | None) -> Version:
        """This version as the audience of one of its rule sets reads it; None: as everybody else does.

        Raises InputError `policy.unknown-rule-set`.
        """
        if not self.policy.rule_sets:
            return self
        return replace(self, policy=_rules(_Audience(self.hash, name, self.policy)), audience=name)


@dataclass(frozen=True)
class _Audience:
    """Finds the rules of one audience by the policy's hash."""

    hash: str
    name: str | None
    policy: Policy = field(compare=False)


@lru_cache(maxsize=64)
def _rules(key: _Audience) -> Policy:
    return rule_set(key.policy, key.name)
