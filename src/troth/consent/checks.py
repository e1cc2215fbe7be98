"""The rules of choosing, pure: who may give what, from what is known already. One place for one choice and for many."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.consent.actor import Actor
from troth.consent.matter import Matter
from troth.consent.model import Standing
from troth.policy.model import GRADES, Grade, Minors, Policy, at_least
from troth.subjects.age import below_fact

BARRED = "age.barred"

_INTERFACE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")


class AgeRule(NamedTuple):
    """A rule about people of some age, and the clause that makes it."""

    rule: str
    clause: str
    below: int


def grade_of(word: str) -> Grade:
    """The grade called `word`. Raises InputError `consent.unknown-grade`."""
    if word not in GRADES[1:]:
        hint = f"use one of {', '.join(GRADES[1:])}"
        raise InputError("consent.unknown-grade", f"`{word[:40]}` is not a grade of consent", hint=hint)
    return word


def interface_of(word: str) -> str:
    """The name of where somebody chose. It enters the journal, so it is a name: InputError `consent.bad-interface`."""
    if not _INTERFACE.fullmatch(word):
        hint = "name it in letters, digits and `.`, `:`, `/`, `-`, such as `portal` or `app/settings`"
        raise InputError("consent.bad-interface", f"`{word[:40]}` cannot name an interface", hint=hint)
    return word


def refuse_low(matter: Matter, given: Grade) -> None:
    """Raise RefusedError `consent.grade-too-low` for less than the matter needs."""
    if not at_least(given, matter.grade):
        raise RefusedError(
            "consent.grade-too-low",
            f"`{matter.name}` needs a consent of grade `{matter.grade}`, not `{given}`",
            hint="ask the person in the way that the policy promises",
        )


def refuse_barred(policy: Policy, held: Collection[str]) -> None:
    """Raise RefusedError `consent.barred` for a person, known by their facts, whom the policy calls too young."""
    rule = barring(policy, held)
    if rule is not None:
        below = f" (below {rule.below})" if rule.below else ""
        raise RefusedError(
            "consent.barred",
            f"clause `{rule.clause}` bars people of that age{below}",
            hint="do not collect anything; erase what was collected",
        )


def barring(policy: Policy, held: Collection[str]) -> AgeRule | None:
    """The rule that bars a person of these facts for their age, if any does."""
    return next((rule for rule in age_rules(policy, held) if rule.rule == "barred"), None)


def graded(policy: Policy, held: Collection[str], actor: Actor, given: Grade) -> Grade:
    """The grade that a consent of `given` has when `actor` gives it for a person of these facts.

    A verified guardian's consent for a child is guardian-verified, whatever it was asked as.

    Raises:
        RefusedError: `consent.barred`; `consent.guardian-needed` for a child without a verified guardian;
            `consent.guardian-unverified` for that grade from anybody else; `consent.grade-too-low` for less than
            separate consent to data that the policy calls sensitive at that age.
    """
    refuse_barred(policy, held)
    if given == "guardian-verified" and not actor.is_verified_guardian:
        hint = "verify the guardian first, and refer to the verification"
        raise RefusedError("consent.guardian-unverified", "only a verified guardian gives that grade", hint=hint)
    for rule in age_rules(policy, held):
        if rule.rule == "guardian":
            given = _of_guardian(actor, rule)
        elif rule.rule == "sensitive" and not at_least(given, "separate"):
            said = f"clause `{rule.clause}` asks for separate consent below {rule.below}"
            raise RefusedError("consent.grade-too-low", said, hint="ask for this alone, apart from everything else")
    return given


def age_rules(policy: Policy, held: Collection[str]) -> Iterator[AgeRule]:
    """The rules that hold for a person of these facts because of their age, those of the whole policy first."""
    if BARRED in held:
        yield AgeRule("barred", "minors.below", policy.minors.below if policy.minors else 0)
    for low, high, rule in _bands(policy.minors):
        if below_fact(high) in held and (low == 0 or below_fact(low) not in held):
            yield rule


def standing_consent(function: str, standing: Standing | None) -> Standing:
    """The consent that can be taken back. Raises ConflictError `consent.not-given` when none stands."""
    if standing is None or not standing.valid:
        hint = "nothing is used on that ground; there is nothing to do"
        raise ConflictError("consent.not-given", f"no consent to `{function[:100]}` stands", hint=hint)
    return standing


def _of_guardian(actor: Actor, rule: AgeRule) -> Grade:
    if not actor.is_verified_guardian:
        hint = "ask the guardian, and verify that they are one"
        said = f"clause `{rule.clause}` asks for the guardian's consent below {rule.below}"
        raise RefusedError("consent.guardian-needed", said, hint=hint)
    return "guardian-verified"


def _bands(minors: Minors | None) -> Iterator[tuple[int, int, AgeRule]]:
    """From which age, below which age, what."""
    if minors is None:
        return
    yield 0, minors.below, AgeRule(minors.rule, "minors.below", minors.below)
    for band in minors.bands.values():
        limit = band.below + band.inclusive
        yield band.at_least or 0, limit, AgeRule(band.rule, f"minors.bands.{band.id}", limit)
