"""Answers a question from masks and one person's facts. Pure; what no clause allows is not allowed."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

from troth.base.errors import InputError
from troth.decision.compile import Alternative, Masks
from troth.decision.model import Decision, Question
from troth.decision.sentence import Labels
from troth.policy.model import ACTIONS, Policy

__all__ = ["Decision", "Question", "answer"]


def answer(masks: Masks, state: int, question: Question, version: str) -> Decision:
    """The decision on `question` for a person with the facts `state`, under the version with the id `version`.

    Raises InputError `decision.unknown-name` for what the policy does not know, with the name that was meant.
    """
    _check(masks.policy, question)
    labels = _labels(masks, question)
    alternatives = masks.of(question)
    if not alternatives:
        return Decision("gap", question, version, None, None, (), (), labels)
    for alternative in alternatives:
        if alternative.allows(state):
            flow = alternative.flow
            return Decision("allowed", question, version, flow.clause, flow.basis, (), (), labels)
    nearest = min(alternatives, key=lambda each: _distance(each, state, masks))
    missing, blocking = nearest.missing(state, masks.bits), nearest.blocking(state, masks.bits)
    return Decision("denied", question, version, nearest.flow.clause, nearest.flow.basis, missing, blocking, labels)


def _distance(alternative: Alternative, state: int, masks: Masks) -> tuple[int, int]:
    return len(alternative.blocking(state, masks.bits)), len(alternative.missing(state, masks.bits))


def _check(policy: Policy, question: Question) -> None:
    _known("purpose", question.purpose, policy.purposes)
    _known("item", question.item, policy.items)
    _known("action", question.action, ACTIONS)
    if question.recipient is not None:
        _known("recipient", question.recipient, policy.recipients)


def _known(what: str, name: str, names: Collection[str]) -> None:
    if name in names:
        return
    close = difflib.get_close_matches(name[:100], names, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"the policy has {', '.join(islice(names, 10)) or 'none'}"
    raise InputError("decision.unknown-name", f"the policy knows no {what} `{name[:100]}`", hint=hint)


def _labels(masks: Masks, question: Question) -> Labels:
    policy = masks.policy
    recipient = policy.recipients[question.recipient].name if question.recipient is not None else None
    item, purpose = policy.items[question.item].label, policy.purposes[question.purpose].label
    return Labels(item, purpose, recipient, masks.consents)
