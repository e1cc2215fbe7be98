"""Answers a question from masks and one person's facts. Pure; what no clause allows is not allowed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from troth.base.errors import InputError
from troth.decision.compile import Alternative, Masks, Rules
from troth.decision.model import Decision, Outcome, Question
from troth.decision.sentence import Labels
from troth.policy.model import ACTIONS

__all__ = ["Decision", "Question", "allowed_by", "answer", "check"]


def answer(masks: Masks, state: int, question: Question, version: str) -> Decision:
    """The decision on `question` for a person with the facts `state`, under the version with the id `version`.

    Raises InputError `decision.unknown-name` for what the policy does not know, with the name that was meant.
    """
    check(masks, question)
    speaking = [each for each in masks.of(question) if each.rules.speak_to(state)]
    if not speaking:
        # What the person's own rules call the things; what those do not name, the first that do.
        own_first = sorted(masks.rules, key=lambda each: not each.speak_to(state))
        return Decision("gap", question, version, None, None, (), (), _labels(own_first, question))
    for alternative in speaking:
        if alternative.allows(state):
            return allowed_by(alternative, question, version)
    nearest = min(speaking, key=lambda each: _distance(each, state, masks))
    missing, blocking = nearest.missing(state, masks.bits), nearest.blocking(state, masks.bits)
    return _decision("denied", nearest, question, version, missing=missing, blocking=blocking)


def allowed_by(alternative: Alternative, question: Question, version: str) -> Decision:
    """The decision that an alternative allows, which is the same for everybody whom it allows."""
    return _decision("allowed", alternative, question, version)


def check(masks: Masks, question: Question) -> None:
    """Raise InputError `decision.unknown-name` if neither the policy nor a rule set of it knows what is asked about."""
    policies = [each.policy for each in masks.rules]
    _known("purpose", question.purpose, [each.purposes for each in policies])
    _known("item", question.item, [each.items for each in policies])
    _known("action", question.action, [dict.fromkeys(ACTIONS)])
    if question.recipient is not None:
        _known("recipient", question.recipient, [each.recipients for each in policies])


def _decision(
    outcome: Outcome,
    by: Alternative,
    question: Question,
    version: str,
    *,
    missing: tuple[str, ...] = (),
    blocking: tuple[str, ...] = (),
) -> Decision:
    labels = _labels((by.rules,), question)
    return Decision(outcome, question, version, by.clause, by.flow.basis, missing, blocking, labels)


def _distance(alternative: Alternative, state: int, masks: Masks) -> tuple[int, int]:
    return len(alternative.blocking(state, masks.bits)), len(alternative.missing(state, masks.bits))


def _known(what: str, name: str, families: Collection[Mapping[str, object]]) -> None:
    if any(name in family for family in families):
        return
    names = list(dict.fromkeys(known for family in families for known in family))
    close = difflib.get_close_matches(name[:100], names, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"the policy has {', '.join(islice(names, 10)) or 'none'}"
    raise InputError("decision.unknown-name", f"the policy knows no {what} `{name[:100]}`", hint=hint)


def _labels(rules: Sequence[Rules], question: Question) -> Labels:
    policies = [each.policy for each in rules]
    item = next(each.items[question.item].label for each in policies if question.item in each.items)
    purpose = next(each.purposes[question.purpose].label for each in policies if question.purpose in each.purposes)
    to = question.recipient
    recipient = next((each.recipients[to].name for each in policies if to is not None and to in each.recipients), None)
    consents = {name: label for each in rules for name, label in each.consents.items()}
    return Labels(item, purpose, recipient, consents)
