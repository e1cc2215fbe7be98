"""The text calls whoever promises by another name."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy
from troth.policy.yaml_reader import Json


def find(policy: Policy) -> Iterator[Found]:
    """Every text that says a name of `also_called`, otherwise than inside the controller's own name."""
    for name in policy.also_called:
        for clause, value in policy.addresses.items():
            if clause != "also_called" and _says(value, name, policy):
                yield Found(
                    clause,
                    f"`{name}` is not the name of the controller",
                    "name the controller here; a name of another company is probably left over from a template",
                )


def _says(value: Json, name: str, policy: Policy) -> bool:
    if not isinstance(value, dict) or not value or not value.keys() <= set(policy.languages):
        return False
    own = policy.controller.name
    return any(name in str(text).replace(own[language], "") for language, text in value.items())


RULE = Rule("controller-called-otherwise", "warning", find)
