"""The lines by which data may be passed on, and the lists that are called complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.base.text import Text
from troth.policy.model import ClosedList, FlowLine
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Part, Teller, pair, period, plain, words
from troth.policy.promises.words import ACTIONS, BASES, CONSENTS, LISTS, SOURCES

_BY_ACTION = {
    "collect": "observed-as-declared",
    "use": "declared-purposes-only",
    "share": "disclosure-recorded",
    "transfer": "successor-bound",
    "disclose": "disclosure-recorded",
    "sell": "disclosure-listed",
    "publish": "publication-by-choice",
}


def find(teller: Teller) -> Iterator[Derived]:
    """Every flow line and matrix, the consent that sharing needs, and which lists are closed."""
    policy = teller.policy
    for _, line in sorted(policy.flows.items()):
        yield _line(teller, line)
        yield from _limits(teller, f"flows.{line.id}", plain(line.label), line.limits)
    for _, matrix in sorted(policy.matrices.items()):
        clause = f"matrices.{matrix.id}"
        if matrix.over is None:
            yield teller.promise(
                clause, "declared-purposes-only",
                "“{label}”只允许按表{actions}。",
                "“{label}”: data is {actions} as the table allows, and not otherwise.",
                label=plain(matrix.label), actions=words(ACTIONS, matrix.actions),
            )  # fmt: skip
        else:
            yield teller.promise(
                clause, "disclosure-listed",
                "“{label}”如实列出此前{period}内{actions}的信息。",
                "“{label}” lists truly what was {actions} in the {period} before.",
                label=plain(matrix.label), actions=words(ACTIONS, matrix.actions), period=period(matrix.over),
            )  # fmt: skip
        yield from _limits(teller, clause, plain(matrix.label), matrix.limits)
    if policy.share_needs != "none":
        yield teller.promise(
            "share_needs", "consent-first",
            "取得{consent}之前，不与任何人共享信息。", "Nothing is shared with anyone before {consent} is given.",
            consent=pair(CONSENTS[policy.share_needs]),
        )  # fmt: skip
    if policy.closed:
        yield teller.promise(
            "closed", _complete({*policy.closed}),
            "这些清单是完整的：{lists}；清单之外一律没有。",
            "These lists are complete, and beyond them there is nothing: {lists}.",
            lists=words(LISTS, policy.closed),
        )  # fmt: skip


def _line(teller: Teller, line: FlowLine) -> Derived:
    parts: dict[str, Part] = {"label": plain(line.label), "actions": pair(ACTIONS[line.action])}
    zh, en = "“{label}”：", "“{label}”: "
    if line.items:
        parts["items"] = teller.items(line.items)
        zh, en = zh + "{actions}{items}", en + "{items} may be {actions}"
    else:
        zh, en = zh + "{actions}信息", en + "data may be {actions}"
    if line.sources:
        parts["sources"] = words(SOURCES, line.sources)
        zh, en = zh + "，来自{sources}", en + ", obtained from {sources}"
    if line.to:
        parts["to"] = teller.recipients(line.to)
        zh, en = zh + "，接收方为{to}", en + ", to be received by {to}"
    if line.purposes:
        parts["purposes"] = teller.purposes(line.purposes)
        zh, en = zh + "，用于{purposes}", en + ", for {purposes}"
    if line.basis == "consent":
        parts["consent"] = pair(CONSENTS[line.grade])
        zh, en = zh + "，须先取得{consent}", en + ", only after {consent}"
    else:
        parts["basis"] = pair(BASES[line.basis])
        zh, en = zh + "，依据是{basis}", en + ", on the basis of {basis}"
    if line.after:
        parts["facts"] = teller.facts(line.after)
        zh, en = zh + "，前提是{facts}", en + ", once this holds: {facts}"
    return teller.promise(f"flows.{line.id}", _control(line), zh + "。", en + ".", **parts)


def _complete(lists: set[ClosedList]) -> str:
    """What shows that lists are complete: the most that one of them needs."""
    if lists - {"items", "refuse"}:
        return "no-other-recipient"
    return "observed-as-declared" if "items" in lists else "refused-with-ground"


def _control(line: FlowLine) -> str:
    if line.basis == "legal-obligation" and line.action in {"share", "disclose"}:
        return "disclosure-with-papers"
    if line.basis == "consent" and line.grade == "separate":
        return "separate-consent"
    return _BY_ACTION[line.action]


def _limits(teller: Teller, clause: str, label: Part, limits: Mapping[str, Text]) -> Iterator[Derived]:
    for name, text in sorted(limits.items()):
        yield teller.promise(
            f"{clause}.limits.{name}", None, "“{label}”：{text}。", "“{label}”: {text}.", label=label, text=plain(text)
        )
