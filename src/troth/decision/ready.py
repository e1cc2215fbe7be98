"""A version made ready to be asked often: for each question what to compare and the answer, made once."""

from __future__ import annotations

from dataclasses import dataclass, field

from troth.decision.compile import Masks
from troth.decision.engine import allowed_by, answer, check
from troth.decision.model import Decision, Question

_KEPT = 4096  # denials of one question that stay in memory; there are as many as combinations of the facts it asks for

Key = tuple[str, str, str, str | None]
"""A question as a plain tuple: purpose, item, action, recipient."""


@dataclass
class Asked:
    """One question to one version. `ways` are its alternatives: the facts needed, those forbidden, the answer yes.

    Why the answer is no depends on the facts in `relevant` only, so a reason is found once for all who are alike.
    """

    masks: Masks
    question: Question
    version: str
    ways: tuple[tuple[int, int, Decision], ...]
    relevant: int
    denials: dict[int, Decision] = field(default_factory=dict)

    def answer(self, state: int) -> Decision:
        """The decision for a person with the facts `state`."""
        for need, forbid, decision in self.ways:
            if state & need == need and not state & forbid:
                return decision
        return self.denials.get(state & self.relevant) or self._denied(state & self.relevant)

    def _denied(self, state: int) -> Decision:
        if len(self.denials) >= _KEPT:
            self.denials.clear()
        decision = self.denials[state] = answer(self.masks, state, self.question, self.version)
        return decision


class Ready:
    """The questions of one version, each made ready when it is asked first."""

    def __init__(self, masks: Masks, version: str) -> None:
        self.masks = masks
        self.version = version
        self.asked: dict[Key, Asked] = {}

    def ask(self, key: Key) -> Asked:
        """The question made ready. Raises InputError `decision.unknown-name`."""
        found = self.asked.get(key)
        if found is None:
            found = self._prepare(Question(*key))  # type: ignore[arg-type]  # `check` looks at the action
            self.asked[key] = found
        return found

    def of(self, question: Question) -> Asked:
        """The same for a question that the policy speaks of."""
        return self.ask((question.purpose, question.item, question.action, question.recipient))

    def _prepare(self, question: Question) -> Asked:
        check(self.masks, question)
        ways = tuple(
            (each.need, each.forbid, allowed_by(each, question, self.version)) for each in self.masks.of(question)
        )
        return Asked(self.masks, question, self.version, ways, self.masks.relevant(question))
