"""What the tests of the examples share: a folder's policy, promises and expected findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from troth.decision.compile import compile_policy
from troth.decision.model import Question
from troth.drill.model import Promise
from troth.drill.read import parse as parse_promises
from troth.policy.lint import Finding, lint
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.policy.yaml_reader import plain, read

EXAMPLES = Path(__file__).parents[2] / "examples"
_BESIDE = {"promises.yaml", "findings.yaml"}


@dataclass(frozen=True)
class Example:
    """One folder of `examples`, read."""

    policy: Policy
    promises: tuple[Promise, ...]
    expected: Mapping[str, Mapping[str, Any]]
    found: tuple[Finding, ...]
    text: str

    def lost(self) -> list[str]:
        """The expected findings that lint does not make at that clause."""
        made = {(one.rule, one.clause) for one in self.found}
        return [name for name, one in self.expected.items() if (one["rule"], one["clause"]) not in made]

    def unexpected_errors(self) -> list[Finding]:
        """Errors that the file does not explain."""
        explained = {(one["rule"], one["clause"]) for one in self.expected.values() if one.get("reason")}
        return [one for one in self.found if one.severity == "error" and (one.rule, one.clause) not in explained]

    def allows(self, question: Question, *facts: str) -> bool | None:
        """Whether somebody of whom these facts hold is allowed; None where no clause answers."""
        bits = {fact: number for number, fact in enumerate(sorted({*self._named(question), *facts, "account.open"}), 1)}
        alternatives = compile_policy(self.policy, bits).of(question)
        if not alternatives:
            return None
        state = sum(1 << bits[fact] for fact in {*facts, "account.open"})
        return any(alternative.allows(state) for alternative in alternatives)

    def _named(self, question: Question) -> set[str]:
        found: set[str] = set()
        for alternative in compile_policy(self.policy, {}).of(question):
            found |= {*alternative.needs, *alternative.forbids}
        return found


@cache
def example(name: str) -> Example:
    """The example of that name."""
    folder = EXAMPLES / name
    files = {one.name: one.read_text("utf-8") for one in sorted(folder.glob("*.yaml"))}
    policy = parse({file: text for file, text in files.items() if file not in _BESIDE})
    promises = parse_promises("promises.yaml", files["promises.yaml"], policy)
    expected = plain(read("findings.yaml", files["findings.yaml"]))
    assert isinstance(expected, dict)
    return Example(policy, promises, expected, lint(policy), "".join(files.values()))  # type: ignore[arg-type]  # by the tests' own format


def numbered(prefix: str, last: int) -> list[str]:
    """`NLX-001` … up to the last number."""
    return [f"{prefix}-{number:03d}" for number in range(1, last + 1)]


__all__ = ["EXAMPLES", "Example", "Question", "example", "numbered"]
