"""What is shown and kept for one version, composed once: the same version always asks the same in the same words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from troth.consent.asking import prompt as prompts
from troth.consent.matter import Matter, find_matter, matters, opt_out
from troth.consent.model import Kind
from troth.consent.optouts.optout import opt_out_of
from troth.consent.proof.terms import Terms, terms_of
from troth.policy.model import Policy
from troth.versions.model import Version

_KEPT = 1024  # texts that stay composed in memory: so many of (rules, matter, language)


@dataclass(frozen=True)
class _Rules:
    """Finds the rules of one audience of one version by what they were hashed to."""

    hash: str
    audience: str | None
    narrowed: bool
    policy: Policy = field(compare=False, repr=False)

    @classmethod
    def of(cls, version: Version) -> _Rules:
        """The rules that `version` holds."""
        return cls(version.hash, version.audience, not version.policy.rule_sets, version.policy)


def asked(version: Version) -> frozenset[str]:
    """The names of everything that the version asks consent for."""
    return _asked(_Rules.of(version))


def matter(version: Version, name: str) -> Matter:
    """What the version asks consent for. Raises as `find_matter` does."""
    return _matter(_Rules.of(version), name)


def question(version: Version, function: str, language: str) -> str:
    """What a person reads before they consent. Raises as `prompt` does."""
    return _question(_Rules.of(version), function, language)


def withdrawal(version: Version, function: str, language: str) -> str:
    """What a person reads before they withdraw. Raises as `prompt` does."""
    return _withdrawal(_Rules.of(version), function, language)


def ending(version: Version, function: str, kind: Kind, language: str) -> str:
    """What a person is told when a consent ends without them. Raises as `prompt` does."""
    return prompts.ending(version.policy, function, kind, language)


def terms(version: Version, name: str) -> Terms:
    """What a choice about a consent or an opt-out is about. Raises as `find_matter` does."""
    return _terms(_Rules.of(version), name)


@lru_cache(maxsize=_KEPT)
def _asked(rules: _Rules) -> frozenset[str]:
    return frozenset(matters(rules.policy))


@lru_cache(maxsize=_KEPT)
def _matter(rules: _Rules, name: str) -> Matter:
    return find_matter(rules.policy, name)


@lru_cache(maxsize=_KEPT)
def _question(rules: _Rules, function: str, language: str) -> str:
    return prompts.prompt(rules.policy, function, language)


@lru_cache(maxsize=_KEPT)
def _withdrawal(rules: _Rules, function: str, language: str) -> str:
    return prompts.withdrawal(rules.policy, function, language)


@lru_cache(maxsize=_KEPT)
def _terms(rules: _Rules, name: str) -> Terms:
    opted = opt_out_of(name)
    return terms_of(rules.policy, _matter(rules, name) if opted is None else opt_out(rules.policy, opted))
