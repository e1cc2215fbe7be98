"""What columns that hold personal data are called, in English, pinyin and Chinese; and how a policy calls the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from troth.policy.model import Policy

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")


@dataclass(frozen=True)
class Notion:
    """One sort of data that columns of any company may hold."""

    name: str
    names: tuple[tuple[str, ...], ...]
    zh: tuple[str, ...]
    fides: tuple[str, ...]


@cache
def notions() -> Mapping[str, Notion]:
    """Every notion by name, as the file beside this one lists them."""
    text = (files("troth.datamap.scan") / "words.toml").read_text(encoding="utf-8")
    return {
        name: Notion(
            name, tuple(tuple(word.split("_")) for word in found["names"]), tuple(found["zh"]), tuple(found["fides"])
        )
        for name, found in tomllib.loads(text).items()
    }


def parts(name: str) -> tuple[str, ...]:
    """The words of a name, lower case: `lastIP` and `last_ip` are `last`, `ip`."""
    return tuple(part.lower() for part in _PART.findall(name))


_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman"}


def singular(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name with the last one in the singular, as far as tables are called in English."""
    *first, last = words or ("",)
    return (*first, _IRREGULAR.get(last) or _without_s(last))


def _without_s(word: str) -> str:
    if word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word.removesuffix("es")
    return word if word.endswith("ss") else word.removesuffix("s")


def holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether `name` stands in `words`, in one piece."""
    return any(words[at : at + len(name)] == name for at in range(len(words) - len(name) + 1))


def called(notion: Notion, name: str) -> bool:
    """Whether a column of this name is called like the notion."""
    return any(holds(parts(name), one) for one in notion.names)


def item_of(notion: Notion, policy: Policy) -> str | None:
    """The policy's item that means the notion: by what it tells, by its id, by its label."""
    for item in policy.items.values():
        if item.tells == notion.name:
            return item.id
    for item in policy.items.values():
        if any(parts(item.id.rpartition(".")[2]) == name for name in notion.names):
            return item.id
    for item in policy.items.values():
        if called(notion, item.id.rpartition(".")[2]) or any(word in item.label.get("zh", "") for word in notion.zh):
            return item.id
    return None
