"""What is asked and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from troth.decision.sentence import Labels, sentence
from troth.policy.model import Action

Outcome = Literal["allowed", "denied", "gap"]


@dataclass(frozen=True, order=True)
class Question:
    """May `item` be handled for `purpose` in this way? `recipient` says to whom, for what goes out of house."""

    purpose: str
    item: str
    action: Action = "use"
    recipient: str | None = None


def by_purpose(question: Question) -> tuple[str, str, str, str]:
    """What puts questions into the order of a list."""
    return question.purpose, question.item, question.action, question.recipient or ""


@dataclass(frozen=True)
class Decision:
    """The answer, and why.

    `gap` means that no clause speaks of it, which allows nothing. Of a denial, `missing` are the facts that the
    nearest clause still needs and `blocking` those that forbid it.
    """

    outcome: Outcome
    question: Question
    version: str
    clause: str | None
    basis: str | None
    missing: tuple[str, ...]
    blocking: tuple[str, ...]
    labels: Labels = field(repr=False, compare=False)

    def words(self, language: str) -> str:
        """The decision as a sentence for people, in `zh` or `en` (which any other language falls back to)."""
        return sentence(
            language,
            self.outcome,
            self.question.action,
            self.labels,
            clause=self.clause,
            basis=self.basis,
            missing=self.missing,
            blocking=self.blocking,
        )
