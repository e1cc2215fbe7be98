"""The regimes that come with the package, read once from `data/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from troth.base.errors import InputError
from troth.regimes.model import Authority, Figure, Regime


def regimes() -> tuple[str, ...]:
    """The ids of all known regimes, such as `cn` or `us-ca`."""
    return tuple(_all())


def regime(name: str) -> Regime:
    """One regime. Raises InputError `regimes.unknown`."""
    known = _all()
    if name not in known:
        raise InputError("regimes.unknown", f"there is no regime `{name}`", hint=_did_you_mean(name, known))
    return known[name]


def figure(regime_name: str, name: str) -> Figure:
    """One figure, such as `request.answer`. Raises InputError `regimes.unknown` or `regimes.unknown-figure`."""
    known = regime(regime_name).figures
    if name not in known:
        raise InputError(
            "regimes.unknown-figure",
            f"the regime `{regime_name}` states no figure `{name}`",
            hint=_did_you_mean(name, known),
        )
    return known[name]


def figures(regime_name: str) -> tuple[Figure, ...]:
    """All figures of one regime, in the order of its file. Raises InputError `regimes.unknown`."""
    return tuple(regime(regime_name).figures.values())


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"known are {', '.join(f'`{one}`' for one in known)}"


@cache
def _all() -> Mapping[str, Regime]:
    found = sorted(
        (one for one in files("troth.regimes").joinpath("data").iterdir() if one.name.endswith(".toml")),
        key=lambda one: one.name,
    )
    read = (_regime(one.name.removesuffix(".toml"), tomllib.loads(one.read_text("utf-8"))) for one in found)
    return MappingProxyType({one.id: one for one in read})


def _regime(name: str, data: Mapping[str, Any]) -> Regime:
    """A regime from its file: a table for itself, one for what its figures share, and one for each figure."""
    defaults = data["defaults"]
    stated = {key: _figure(name, key, {**defaults, **value}) for key, value in data["figures"].items()}
    about = data["regime"]
    return Regime(
        name,
        about["title"],
        ZoneInfo(about["zone"]),
        MappingProxyType(stated),
        MappingProxyType(dict(about["rights"])),
        Authority(**about["authority"]),
    )


def _figure(regime_name: str, name: str, value: Mapping[str, Any]) -> Figure:
    means = {"zh": value["zh"], "en": value["en"]}
    rest = {key: one for key, one in value.items() if key not in means}
    return Figure(regime_name, name, means=means, **{**rest, "pausable": tuple(value.get("pausable", ()))})
