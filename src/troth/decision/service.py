"""Decides for one person, by the version that holds for them, and records it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from troth.base.work import Work
from troth.consent.service import binding_version
from troth.decision.compile import Masks, compile_policy
from troth.decision.engine import answer
from troth.decision.model import Decision, Question
from troth.journal import service as journal
from troth.policy.model import Policy
from troth.subjects import facts
from troth.subjects.service import commitment
from troth.subjects.vault import Vault
from troth.versions.model import Version

_KEPT = 64  # compiled policies that stay in memory


def decide(work: Work, vault: Vault, version: Version, subject: str, question: Question) -> Decision:
    """Answer `question` and write the answer into the journal. `version` is the one in force.

    Raises:
        InputError: the question names what the policy does not know (`decision.unknown-name`); `subjects.unknown`.
        RefusedError: `subjects.shredded`; of a person who was erased nothing may be asked.
    """
    made = peek(work, vault, version, subject, question)
    number = work.new_id("dec")
    refs = {
        "decision": number,
        "subject": commitment(work, vault, subject, number),
        "outcome": made.outcome,
        "version": made.version,
        "purpose": question.purpose,
        "item": question.item,
        "action": question.action,
        **({"clause": made.clause} if made.clause else {}),
        **({"recipient": question.recipient} if question.recipient else {}),
    }
    journal.append(work, "decision.made", refs)
    return made


def peek(work: Work, vault: Vault, version: Version, subject: str, question: Question) -> Decision:  # noqa: ARG001
    """Answer `question` without recording it; a person of whom nothing is known has no facts, and is denied.

    Takes what `decide` takes, so that either can stand for the other.
    """
    binding = binding_version(work, version, subject)
    masks = compiled(binding.policy, facts.bits(work))
    return answer(masks, facts.state(work, subject), question, binding.id)


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
