"""The cases in which no consent is needed."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, alternatives, plain
from troth.policy.promises.words import ACTIONS


def find(teller: Teller) -> Iterator[Derived]:
    """Each case with the actions that it frees, and its limits."""
    for name, case in sorted(teller.policy.consent_free.items()):
        yield teller.promise(
            f"consent_free.{name}", "consent-free-case",
            "无需同意即可{actions}的情形：{label}。", "Data may be {actions} without consent in this case: {label}.",
            actions=alternatives(ACTIONS, case.actions), label=plain(case.label),
        )  # fmt: skip
        for limit, text in sorted(case.limits.items()):
            yield teller.promise(
                f"consent_free.{name}.limits.{limit}", "consent-free-case",
                "“{label}”的条件：{text}。", "“{label}” on this condition: {text}.",
                label=plain(case.label), text=plain(text),
            )  # fmt: skip
