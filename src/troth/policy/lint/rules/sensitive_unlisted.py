"""An item is called sensitive, and the policy's own list of what is sensitive leaves it out."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Item, Policy

SAYS = Wording(
    says={
        "en": "`{item}` is sensitive, but `definitions.sensitive` does not name it",
        "zh": "`{item}`是敏感信息，`definitions.sensitive`却没有列出",
    },
    hint={
        "en": "name it there, or do not call it sensitive",
        "zh": "在其中列出，或不再称其为敏感信息",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`definitions.sensitive` names some sensitive items, or their categories, and not this one."""
    definition = policy.definitions.get("sensitive")
    if definition is None:
        return
    sensitive = [item for item in policy.items.values() if item.sensitive]
    unlisted = [item for item in sensitive if not _listed(policy, item, definition)]
    if len(unlisted) == len(sensitive):
        return  # it defines by harm alone and lists nothing
    for item in unlisted:
        yield SAYS.at(f"items.{item.id}", item=item.id)


def _listed(policy: Policy, item: Item, definition: Text) -> bool:
    labels = [item.label]
    category = item.category
    while category is not None:
        labels.append(policy.categories[category].label)
        category = policy.categories[category].category
    return any(text.casefold() in definition.get(code, "").casefold() for each in labels for code, text in each.items())


RULE = Rule("sensitive-unlisted", "warning", find)
