"""Decides for one person, by the version that holds for them, and records it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from troth.base.work import Work
from troth.consent.service import bindings, in_force_for
from troth.decision import push
from troth.decision.compile import Masks, compile_policy
from troth.decision.engine import answer, check
from troth.decision.model import Decision, Question, by_purpose
from troth.decision.people import ended
from troth.journal import service as journal
from troth.policy.model import Policy
from troth.subjects import facts
from troth.subjects.service import commitments
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.model import Version

_KEPT = 64  # compiled policies that stay in memory
_BY_NAME = 500  # values in one list of a statement; every database takes that many


def decide(work: Work, vault: Vault, version: Version, subject: str, question: Question) -> Decision:
    """Answer `question` and write the answer into the journal. `version` is the one in force.

    Raises:
        InputError: the question names what the policy does not know (`decision.unknown-name`); `subjects.unknown`.
        RefusedError: `subjects.shredded`; of a person who was erased nothing may be asked.
    """
    (made,) = decide_all(work, vault, version, subject, [question])
    return made


def decide_all(
    work: Work, vault: Vault, version: Version, subject: str, questions: Sequence[Question]
) -> tuple[Decision, ...]:
    """The same as `decide` for one question after the other, in a few statements however many they are.

    Raises as `decide` does, and then nothing is recorded.
    """
    binding, masks, state = _standing(work, version, subject)
    made = tuple(answer(masks, state, question, binding.id) for question in questions)
    numbers = [work.new_id("dec") for _ in made]
    hidden = commitments(work, vault, subject, numbers)
    journal.append_all(work, [_told(*each) for each in zip(made, numbers, hidden, strict=True)])
    return made


def _told(made: Decision, number: str, subject: str) -> tuple[str, Mapping[str, str]]:
    asked = made.question
    refs = {
        "decision": number,
        "subject": subject,
        "outcome": made.outcome,
        "version": made.version,
        "purpose": asked.purpose,
        "item": asked.item,
        "action": asked.action,
        **({"clause": made.clause} if made.clause else {}),
        **({"recipient": asked.recipient} if asked.recipient else {}),
    }
    return "decision.made", refs


def peek(work: Work, vault: Vault, version: Version, subject: str, question: Question) -> Decision:  # noqa: ARG001
    """Answer `question` without recording it; a person of whom nothing is known has no facts, and is denied.

    Takes what `decide` takes, so that either can stand for the other.
    """
    binding, masks, state = _standing(work, version, subject)
    return answer(masks, state, question, binding.id)


def _standing(work: Work, version: Version, subject: str) -> tuple[Version, Masks, int]:
    """The version that binds the subject, its masks, and what is true of them."""
    binding, bits = in_force_for(work, version, subject), facts.bits(work)
    return binding, compiled(binding.policy, bits), _state_now(work, subject, bits)


def _state_now(work: Work, subject: str, bits: Mapping[str, int]) -> int:
    """What is true of the subject, without what has run out and was not swept away yet."""
    return facts.state(work, subject) & ~ended(work, bits, subject).get(subject, 0)


def purposes(work: Work, version: Version, subject: str) -> tuple[Decision, ...]:
    """Everything that is allowed with a person's data, by purpose. Nothing is recorded."""
    binding, masks, state = _standing(work, version, subject)
    answers = (answer(masks, state, question, binding.id) for question in sorted(masks.alternatives, key=by_purpose))
    return tuple(each for each in answers if each.outcome == "allowed")


def whom(work: Work, version: Version, question: Question) -> Iterator[str]:
    """Everybody for whom the answer is yes, found by the database. Nothing is recorded.

    Raises InputError `decision.unknown-name`.
    """
    bound = bindings(work, version).versions
    masks = _masks(work, version, bound)
    check(masks[version.id], question)
    over = ended(work, facts.bits(work))
    for each, among in [(version.id, None), *_by_version(bound).items()]:
        for subject in work.db.scalars(push.whom(masks[each], question, among)):
            if subject not in over and bound.get(subject, version.id) == each:
                yield subject
    # The database's words do not know yet what has run out; these few are asked one by one.
    for subject in sorted(over):
        own = masks[bound.get(subject, version.id)]
        state = _state_now(work, subject, own.bits)
        if any(each.allows(state) for each in own.of(question)):
            yield subject


def _by_version(bound: Mapping[str, str]) -> Mapping[str, list[str] | None]:
    """Whom each version binds, or None where they are so many that asking about everybody is cheaper."""
    found: dict[str, list[str]] = {}
    for subject, version in bound.items():
        found.setdefault(version, []).append(subject)
    return {version: people if len(people) <= _BY_NAME else None for version, people in found.items()}


def masks_in_use(work: Work, version: Version) -> dict[str, Masks]:
    """The masks of every version that may bind somebody while `version` is in force, by its id.

    That is those that bind somebody now, and those after them: nobody is taken back, some are taken on.
    """
    return _masks(work, version, bindings(work, version).versions)


def _masks(work: Work, version: Version, bound: Mapping[str, str]) -> dict[str, Masks]:
    bits, used = facts.bits(work), {version.id, *bound.values()}
    after = itertools.dropwhile(lambda one: one.id not in used, versions.all_versions(work, version.name))
    return {one.id: compiled(one.policy, bits) for one in after if one.number <= version.number or one.id in used}


def compiled(policy: Policy, bits: Mapping[str, int]) -> Masks:
    """The masks of a policy, compiled once for as long as no fact is new."""
    return _compiled(_Key(policy.hash, tuple(sorted(bits.items())), policy))


@dataclass(frozen=True)
class _Key:
    """Finds a compiled policy by its hash and the allocated bits."""

    hash: str
    bits: tuple[tuple[str, int], ...]
    policy: Policy = field(compare=False)


@lru_cache(maxsize=_KEPT)
def _compiled(key: _Key) -> Masks:
    return compile_policy(key.policy, dict(key.bits))
