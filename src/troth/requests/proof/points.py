"""Which data points may be asked, and whether what is typed is what is held. Pure.

What may be asked is the same for everybody. Values are compared as keyed digests, every one of them, in constant time.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from troth.base.text import Text
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.read import from_value
from troth.policy.model import Policy
from troth.subjects.vault import Vault
from troth.versions.model import Version

_SHORTEST: Final = 3
"""Letters and digits of a value that counts: what is shorter (a size, a yes) is guessed too easily."""

_NEVER = re.compile(
    r"passw|secret|security.?(question|answer)|bank|iban|card|pay|financ|account.?number|(^|[._-])pin($|[._-])"
)


@dataclass(frozen=True)
class Point:
    """Something that may be asked: an item of the policy that a store holds, and what people call it."""

    item: str
    label: Text


def askable(version: Version) -> tuple[Point, ...]:
    """What may be asked to find out who somebody is: the same for everybody.

    Never what is not disclosed, sensitive, a password or about money, nor what people are found by; nor what only
    somebody could look up who answers for a store.
    """
    maps = [from_value(value) for value in version.maps.values()]
    read = {item for one in maps if one.kind != "mailbox" for item in columns(one).values()}
    held = read - {item for one in maps for item in _barred(one)}
    policy = version.policy
    return tuple(
        Point(name, policy.items[name].label) for name in sorted(held & policy.items.keys()) if _fit(policy, name)
    )


def matched(vault: Vault, salt: str, typed: Mapping[str, str], held: Mapping[str, Sequence[str]]) -> int:
    """How many of the typed values are among those held of their item; every held value is looked at."""
    return sum(_among(vault, salt, item, text, held.get(item, ())) for item, text in typed.items())


def normal(text: str) -> str:
    """A value as it is compared: letters and digits alone, however they were written."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _among(vault: Vault, salt: str, item: str, text: str, held: Sequence[str]) -> bool:
    given, found = _digest(vault, salt, item, text), False
    for one in held:
        same = hmac.compare_digest(given, _digest(vault, salt, item, one))
        found = found | (same and len(normal(one)) >= _SHORTEST)
    return found


def _digest(vault: Vault, salt: str, item: str, text: str) -> bytes:
    return vault.lookup("data point", salt, item, normal(text))


def _barred(one: StoreMap) -> frozenset[str | None]:
    """The items that people are found by, or that somewhere are not disclosed."""
    fields = [field for dataset in one.datasets.values() for field in dataset.fields.values()]
    named = {dataset.fields[column].item for dataset in one.datasets.values() for column in _found_by(dataset)}
    return frozenset(named | {field.item for field in fields if not field.disclose})


def columns(one: StoreMap) -> Mapping[tuple[str, str], str]:
    """The item of each dataset's column whose values may be compared."""
    return {
        (dataset.name, column): field.item
        for dataset in one.datasets.values()
        for column, field in dataset.fields.items()
        if field.item is not None and field.disclose and column not in _found_by(dataset)
    }


def _found_by(dataset: Dataset) -> frozenset[str]:
    return frozenset(one.column for one in dataset.identifies.values())


def _fit(policy: Policy, name: str) -> bool:
    families = [one for one in policy.categories if name in policy.items_in((one,))]
    sensitive = policy.items[name].sensitive or any(policy.categories[one].sensitive for one in families)
    return not sensitive and not any(_NEVER.search(one) for one in (name, *families))
