"""Cookies and their like, browser signals, and what the app asks of the phone."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Permission, Signal, Technology
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, pair, period, plain, plains
from troth.policy.promises.words import ASKS, CONSENTS


def find(teller: Teller) -> Iterator[Derived]:
    """The promises of every technology, signal and permission."""
    for _, technology in sorted(teller.policy.technologies.items()):
        yield from _technology(teller, technology)
    for _, signal in sorted(teller.policy.signals.items()):
        yield _signal(teller, signal)
    for _, permission in sorted(teller.policy.permissions.items()):
        yield _permission(teller, permission)


def _technology(teller: Teller, technology: Technology) -> Iterator[Derived]:
    clause, label, control = f"technologies.{technology.id}", plain(technology.label), "cookies-as-declared"
    yield teller.promise(
        f"{clause}.for", control,
        "“{label}”只用于{purposes}。", "“{label}” serves {purposes} only.",
        label=label, purposes=teller.purposes(technology.purposes),
    )  # fmt: skip
    if technology.holds:
        yield teller.promise(
            f"{clause}.holds", control,
            "“{label}”包含：{what}。", "“{label}” holds: {what}.", label=label, what=plains(technology.holds),
        )  # fmt: skip
    if technology.refuse_by:
        yield teller.promise(
            f"{clause}.refuse_by", control,
            "您可以这样拒绝“{label}”：{ways}。", "This is how you refuse “{label}”: {ways}.",
            label=label, ways=plains(technology.refuse_by),
        )  # fmt: skip
    if technology.refused is not None:
        yield teller.promise(
            f"{clause}.refused", "notice-says",
            "拒绝“{label}”的影响：{text}。", "What refusing “{label}” changes: {text}.",
            label=label, text=plain(technology.refused),
        )  # fmt: skip
    if technology.basis == "consent":
        yield teller.promise(
            f"{clause}.basis", control,
            "取得{consent}之前，不使用“{label}”。", "“{label}” waits until {consent} is given.",
            label=label, consent=pair(CONSENTS[technology.grade]),
        )  # fmt: skip
    if technology.lasts is not None:
        yield teller.promise(
            f"{clause}.lasts", control,
            "“{label}”最多保留{period}。", "“{label}” is kept for {period} at most.",
            label=label, period=period(technology.lasts),
        )  # fmt: skip


def _signal(teller: Teller, signal: Signal) -> Derived:
    clause, label = f"signals.{signal.id}.honoured", plain(signal.label)
    if signal.honoured:
        return teller.promise(
            clause,
            "signal-honoured",
            "浏览器发出的“{label}”得到遵从。",
            "The signal “{label}” is honoured.",
            label=label,
        )
    return teller.promise(
        clause, None, "不遵从浏览器发出的“{label}”。", "The signal “{label}” is not honoured.", label=label
    )


def _permission(teller: Teller, permission: Permission) -> Derived:
    clause, label, control = f"permissions.{permission.id}", plain(permission.label), "permission-in-use"
    if permission.ask is not None and permission.functions:
        return teller.promise(
            clause, control,
            "权限“{label}”用于{functions}，{ask}。", "The permission “{label}” serves {functions}, and is {ask}.",
            label=label, functions=teller.functions(permission.functions), ask=pair(ASKS[permission.ask]),
        )  # fmt: skip
    if permission.functions:
        return teller.promise(
            clause, control,
            "权限“{label}”只用于{functions}。", "The permission “{label}” serves {functions} only.",
            label=label, functions=teller.functions(permission.functions),
        )  # fmt: skip
    if permission.ask is not None:
        return teller.promise(
            clause, control,
            "权限“{label}”{ask}。", "The permission “{label}” is {ask}.", label=label, ask=pair(ASKS[permission.ask]),
        )  # fmt: skip
    return teller.promise(
        clause, control,
        "可能使用权限“{label}”，用途未写明。",
        "The permission “{label}” may be used; what for is not said.", label=label,
    )  # fmt: skip
