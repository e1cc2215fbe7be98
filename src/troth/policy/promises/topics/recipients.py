"""Who gets what, for what, and on which terms."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Recipient
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, alternatives, listed, plain
from troth.policy.promises.words import SELF_STARTS


def find(teller: Teller) -> Iterator[Derived]:
    """The promises about every recipient."""
    for _, recipient in sorted(teller.policy.recipients.items()):
        yield from _gets(teller, recipient)
        yield from _bound(teller, recipient)


def _gets(teller: Teller, recipient: Recipient) -> Iterator[Derived]:
    clause, name = f"recipients.{recipient.id}", plain(recipient.name)
    if recipient.receives:
        yield teller.promise(
            f"{clause}.receives", "recipient-gets-its-list",
            "“{name}”只得到{items}。", "{name} gets {items} and nothing else.",
            name=name, items=teller.items(recipient.receives),
        )  # fmt: skip
    if recipient.purposes:
        yield teller.promise(
            f"{clause}.for", "declared-purposes-only",
            "“{name}”得到的信息只用于{purposes}。", "What {name} gets serves {purposes} only.",
            name=name, purposes=teller.purposes(recipient.purposes),
        )  # fmt: skip
    if recipient.permissions:
        labels = listed(plain(teller.policy.permissions[each].label) for each in sorted(recipient.permissions))
        yield teller.promise(
            f"{clause}.permissions", "permission-in-use",
            "“{name}”只使用这些权限：{labels}。", "{name} uses these permissions only: {labels}.",
            name=name, labels=labels,
        )  # fmt: skip


def _bound(teller: Teller, recipient: Recipient) -> Iterator[Derived]:
    clause, name = f"recipients.{recipient.id}", plain(recipient.name)
    if recipient.self_start:
        yield teller.promise(
            f"{clause}.self_start", "permission-in-use",
            "“{name}”：{when}。", "Self-start by {name}: {when}.",
            name=name, when=alternatives(SELF_STARTS, recipient.self_start),
        )  # fmt: skip
    for term, text in sorted(recipient.terms.items()):
        yield teller.promise(
            f"{clause}.terms.{term}", "recipient-bound",
            "“{name}”受此约束：{text}。", "{name}: {text}.", name=name, text=plain(text),
        )  # fmt: skip
