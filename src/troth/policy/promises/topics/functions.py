"""What each function takes, on which basis, and what follows when consent is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Function
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Part, Teller, pair, period, plain
from troth.policy.promises.words import BASES, CONSENTS


def find(teller: Teller) -> Iterator[Derived]:
    """The promises of every function."""
    for _, function in sorted(teller.policy.functions.items()):
        label = plain(function.label)
        yield from _takes(teller, function, label)
        yield _rests_on(teller, function, label)
        yield from _conditions(teller, function, label)
        for name, text in sorted(function.limits.items()):
            yield teller.promise(
                f"functions.{function.id}.limits.{name}", None,
                "“{label}”：{text}。", "“{label}”: {text}.", label=label, text=plain(text),
            )  # fmt: skip


def _takes(teller: Teller, function: Function, label: Part) -> Iterator[Derived]:
    clause, purpose = f"functions.{function.id}", teller.purposes([function.purpose])
    yield teller.promise(
        f"{clause}.for", "declared-purposes-only",
        "“{label}”收集的信息用于{purpose}。", "What “{label}” takes serves {purpose}.", label=label, purpose=purpose,
    )  # fmt: skip
    if function.needs:
        yield teller.promise(
            f"{clause}.needs", "observed-as-declared",
            "“{label}”需要{items}。", "“{label}” needs {items}.", label=label, items=teller.items(function.needs),
        )  # fmt: skip
    if function.optional:
        yield teller.promise(
            f"{clause}.optional", "optional-left-out",
            "使用“{label}”可以不提供{items}。", "“{label}” works without {items}.",
            label=label, items=teller.items(function.optional),
        )  # fmt: skip
    if function.shares:
        yield teller.promise(
            f"{clause}.shares", "disclosure-recorded",
            "“{label}”只把信息提供给{to}。", "“{label}” passes data on to {to} and nobody else.",
            label=label, to=teller.recipients(function.shares),
        )  # fmt: skip


def _rests_on(teller: Teller, function: Function, label: Part) -> Derived:
    clause = f"functions.{function.id}.basis"
    if function.basis == "consent":
        return teller.promise(
            clause, "consent-first",
            "取得{consent}之前，“{label}”不收集任何信息。", "“{label}” takes nothing before {consent} is given.",
            label=label, consent=pair(CONSENTS[function.grade]),
        )  # fmt: skip
    return teller.promise(
        clause, None,
        "“{label}”的处理依据是{basis}。", "“{label}” rests on {basis}.", label=label, basis=pair(BASES[function.basis]),
    )  # fmt: skip


def _conditions(teller: Teller, function: Function, label: Part) -> Iterator[Derived]:
    clause = f"functions.{function.id}"
    if function.after:
        yield teller.promise(
            f"{clause}.after", "needed-first",
            "“{label}”收集信息的前提是：{facts}。", "“{label}” takes nothing before this holds: {facts}.",
            label=label, facts=teller.facts(function.after),
        )  # fmt: skip
    if function.withdrawn == "stop processing":
        yield teller.promise(
            f"{clause}.withdrawn", "withdrawal-stops",
            "撤回同意后，不再为“{label}”处理信息。",
            "Once consent is withdrawn, data is no longer processed for “{label}”.",
            label=label,
        )  # fmt: skip
    elif function.withdrawn is not None:
        yield teller.promise(
            f"{clause}.withdrawn", "withdrawal-stops",
            "撤回同意后，停止“{label}”，也不再处理其信息。",
            "Once consent is withdrawn, “{label}” stops and its data is no longer processed.",
            label=label,
        )  # fmt: skip
    if function.expires is not None:
        yield teller.promise(
            f"{clause}.expires", None,
            "对“{label}”的同意在{period}后自动失效。", "Consent to “{label}” ends by itself after {period}.",
            label=label, period=period(function.expires),
        )  # fmt: skip
    if function.refused is not None:
        yield teller.promise(
            f"{clause}.refused", "notice-says",
            "不提供“{label}”的信息时：{text}。", "Leaving out what “{label}” asks for: {text}.",
            label=label, text=plain(function.refused),
        )  # fmt: skip
    if function.automated:
        yield teller.promise(
            f"{clause}.automated", "automated-explained",
            "“{label}”可能仅由机器自动作出决定。", "“{label}” may decide by automated means alone.", label=label,
        )  # fmt: skip
