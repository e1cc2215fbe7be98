"""What a website has to ask about, from the policy alone: matters of consent that its technologies serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troth.base.canonical import digest
from troth.consent.matter import Matter, matter_of, matters
from troth.consent.optouts.optout import SIGNALLED
from troth.consent.optouts.stops import stopping
from troth.policy.flows import flows
from troth.policy.model import Policy, Technology

SIGNAL = "gpc"
"""The id under which a policy declares the Global Privacy Control (W3C): the one signal that browsers send."""

_ABOUT_LENGTH = 16  # hexadecimal digits: tells two contents of one matter apart, and fits into a cookie


@dataclass(frozen=True)
class Question:
    """One matter that visitors are asked about.

    `alone` says that it needs a consent of its own, which no "accept all" can give; `by_signal` that the browser's
    signal refuses it; `about` tells one content of the matter (purposes, items, recipients) from another.
    """

    matter: Matter
    alone: bool
    by_signal: bool
    about: str


def questions(policy: Policy) -> Mapping[str, Question]:
    """What visitors are asked, by matter: what a technology that rests on consent serves, and a click can give."""
    purposes = {purpose for each in on_consent(policy) for purpose in each.purposes}
    honoured = honours_signal(policy)
    return {
        name: Question(matter, matter.grade == "separate", honoured and bool(refused_by(policy, name)), about(matter))
        for name, matter in matters(policy).items()
        if matter.grade != "guardian-verified" and purposes.intersection(matter.purposes)
    }


def about(matter: Matter) -> str:
    """What the consent is about, in a few digits: the same while purposes, items and recipients are the same."""
    content = {
        "purposes": list(matter.purposes),
        "items": list(matter.items),
        "shared": {to: list(items) for to, items in matter.shared.items()},
    }
    return digest(content).removeprefix("sha256:")[:_ABOUT_LENGTH]


def serves(technology: Technology, asked: Mapping[str, Question]) -> tuple[str, ...]:
    """The matters among `asked` that the technology serves; it may stay while one of them is agreed to."""
    return tuple(name for name, each in asked.items() if set(each.matter.purposes).intersection(technology.purposes))


def always_on(policy: Policy) -> tuple[Technology, ...]:
    """The technologies that rest on something other than consent, by id."""
    return tuple(each for _, each in sorted(policy.technologies.items()) if each.basis != "consent")


def on_consent(policy: Policy) -> tuple[Technology, ...]:
    """The technologies that wait for consent, by id."""
    return tuple(each for _, each in sorted(policy.technologies.items()) if each.basis == "consent")


def honours_signal(policy: Policy) -> bool:
    """Whether the policy promises to honour the Global Privacy Control."""
    return SIGNAL in policy.signals and policy.signals[SIGNAL].honoured


def refused_by(policy: Policy, matter: str) -> tuple[str, ...]:
    """The opt-outs that the signal asks for and that stop something of the matter: it sells, or serves advertising."""
    own = [flow for flow in flows(policy) if flow.basis == "consent" and matter_of(flow) == matter]
    return tuple(sorted({name for flow in own for name in stopping(policy, flow)}.intersection(SIGNALLED)))
