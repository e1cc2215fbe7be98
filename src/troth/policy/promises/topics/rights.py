"""What people may ask for: how, how soon, and what follows."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Right
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Part, Teller, alternatives, number, period, plain, plains, words
from troth.policy.promises.words import CHANNELS, STARTS, WHO

_FITTING = {
    "access": "sees-own-data",
    "copy": "copy-after-identity",
    "correction": "corrected",
    "erasure": "erases-everything",
    "portability": "moved",
    "restriction": "restricted",
    "objection": "objection-heard",
    "withdrawal": "withdrawal-stops",
    "opt-out": "sale-opt-out",
    "close_account": "closes-after-cooling-off",
    "explanation": "automated-explained",
    "complaint": "complaint-answered",
    "deceased": "relative-answered",
    "policy": "notice-reachable",
}
"""What shows that a right is really given. The others are only shown to be answered."""


def find(teller: Teller) -> Iterator[Derived]:
    """The promises of every right."""
    for name, right in sorted(teller.policy.rights.items()):
        label = plain(right.label)
        yield from _use(teller, right, f"rights.{name}", label)
        yield from _time(teller, right, f"rights.{name}", label)
        yield from _answer(teller, right, f"rights.{name}", label)
        yield from _result(teller, right, f"rights.{name}", label)


def _use(teller: Teller, right: Right, clause: str, label: Part) -> Iterator[Derived]:
    fitting = _FITTING.get(right.id, "channel-works")
    if right.by:
        yield teller.promise(
            f"{clause}.by", fitting,
            "“{label}”的途径：{channels}。", "You can use “{label}” {channels}.",
            label=label, channels=words(CHANNELS, right.by),
        )  # fmt: skip
    if right.email is not None:
        yield teller.promise(
            f"{clause}.email", fitting,
            "“{label}”的专用邮箱：{email}。",
            "“{label}” has a mailbox of its own: {email}.", label=label, email=number(right.email),
        )  # fmt: skip
    if right.path is not None:
        yield teller.promise(
            f"{clause}.path", fitting,
            "“{label}”的操作路径：{path}。",
            "This is the way to “{label}”: {path}.", label=label, path=plain(right.path),
        )  # fmt: skip
    if right.who != ("self",):
        control = "agent-answered" if "agent" in right.who else "relative-answered"
        yield teller.promise(
            f"{clause}.who", control,
            "“{label}”可由{who}行使。", "“{label}” can be used by {who}.",
            label=label, who=alternatives(WHO, right.who),
        )  # fmt: skip
    if right.after:
        yield teller.promise(
            f"{clause}.after", "identity-checked",
            "“{label}”的前提是：{facts}。", "“{label}” needs this first: {facts}.",
            label=label, facts=teller.facts(right.after),
        )  # fmt: skip
    if right.cases:
        yield teller.promise(
            f"{clause}.cases", fitting,
            "“{label}”适用于：{cases}。", "“{label}” is given where: {cases}.", label=label, cases=plains(right.cases),
        )  # fmt: skip
    if right.account_needed is False:
        yield teller.promise(
            f"{clause}.account_needed", fitting,
            "“{label}”不需要账号。", "“{label}” needs no account.", label=label,
        )  # fmt: skip
    if right.frequency is not None:
        by_year = right.frequency.counted == "calendar-year"
        yield teller.promise(
            f"{clause}.frequency", "asked-not-too-often",
            "“{label}”每{per}可提出{times}次（按日历年计算）。" if by_year else "“{label}”每{per}可提出{times}次。",
            "“{label}” can be asked for this often in {per} of the calendar: {times}." if by_year
            else "“{label}” can be asked for this often in {per}: {times}.",
            label=label, times=number(right.frequency.times), per=period(right.frequency.per),
        )  # fmt: skip


def _time(teller: Teller, right: Right, clause: str, label: Part) -> Iterator[Derived]:
    answered = "complaint-answered" if right.id == "complaint" else "answered-in-time"
    start = words(STARTS, [right.counts_from])
    if right.within is not None:
        yield teller.promise(
            f"{clause}.within", answered,
            "“{label}”：{start}{period}内答复。", "“{label}” is answered within {period} {start}.",
            label=label, start=start, period=period(right.within),
        )  # fmt: skip
    if right.vaguely is not None:
        yield teller.promise(
            f"{clause}.vaguely", None,
            "“{label}”没有期限：{text}。", "“{label}” has no deadline, only this: {text}.",
            label=label, text=plain(right.vaguely),
        )  # fmt: skip
    if right.acknowledge is not None:
        yield teller.promise(
            f"{clause}.acknowledge", answered,
            "收到“{label}”的请求后{period}内确认。", "That “{label}” was asked for is acknowledged within {period}.",
            label=label, period=period(right.acknowledge),
        )  # fmt: skip
    if right.extension is not None:
        yield teller.promise(
            f"{clause}.extension", answered,
            "“{label}”的期限最多延长{period}。", "The time for “{label}” is extended by {period} at most.",
            label=label, period=period(right.extension),
        )  # fmt: skip
    if right.cooling_off is not None:
        yield teller.promise(
            f"{clause}.cooling_off", "closes-after-cooling-off",
            "“{label}”在申请满{period}时生效。", "“{label}” takes effect {period} after it was asked for.",
            label=label, period=period(right.cooling_off),
        )  # fmt: skip
    if right.asked_again is not None:
        yield teller.promise(
            f"{clause}.asked_again", "not-asked-too-soon",
            "“{label}”之后{period}内不再询问您。", "For {period} after “{label}” you are not asked again.",
            label=label, period=period(right.asked_again),
        )  # fmt: skip


def _answer(teller: Teller, right: Right, clause: str, label: Part) -> Iterator[Derived]:
    if right.items:
        yield teller.promise(
            f"{clause}.items", _FITTING.get(right.id),
            "“{label}”涉及{items}。", "“{label}” covers {items}.", label=label, items=teller.items(right.items),
        )  # fmt: skip
    if right.locked:
        yield teller.promise(
            f"{clause}.locked", "corrected",
            "“{label}”时，{items}不能自行修改，须经审核。",
            "“{label}”: {items} cannot be changed by oneself, only after a review.",
            label=label, items=teller.items(right.locked),
        )  # fmt: skip
    for key, zh, en, texts in (
        ("contents", "“{label}”的答复包括：{texts}。", "The answer to “{label}” holds: {texts}.", right.contents),
        (
            "withheld",
            "“{label}”的答复从不包括：{texts}。",
            "The answer to “{label}” never shows: {texts}.",
            right.withheld,
        ),
        (
            "delivery",
            "“{label}”的答复送达方式：{texts}。",
            "The answer to “{label}” goes out so: {texts}.",
            right.delivery,
        ),
    ):
        if texts:
            yield teller.promise(f"{clause}.{key}", _FITTING.get(right.id), zh, en, label=label, texts=plains(texts))
    if right.lookback is not None:
        yield teller.promise(
            f"{clause}.lookback", _FITTING.get(right.id),
            "“{label}”的答复追溯至请求之前{period}。", "The answer to “{label}” reaches back {period}.",
            label=label, period=period(right.lookback),
        )  # fmt: skip
    if right.refuse:
        yield teller.promise(
            f"{clause}.refuse", "refused-with-ground",
            "“{label}”可因以下情形被拒绝：{grounds}。", "“{label}” can be refused on these grounds: {grounds}.",
            label=label, grounds=plains({name: ground.label for name, ground in right.refuse.items()}),
        )  # fmt: skip


def _result(teller: Teller, right: Right, clause: str, label: Part) -> Iterator[Derived]:
    if right.tell_recipients:
        yield teller.promise(
            f"{clause}.tell_recipients", "recipients-told",
            "“{label}”也会通知得到信息的接收方。",
            "Those who received the data are told of “{label}” too.", label=label,
        )  # fmt: skip
    if right.backups is not None:
        yield teller.promise(
            f"{clause}.backups", "backups-follow",
            "“{label}”之后的备份：{text}。",
            "After “{label}”, backups: {text}.", label=label, text=plain(right.backups),
        )  # fmt: skip
    for name, text in sorted(right.effects.items()):
        yield teller.promise(
            f"{clause}.effects.{name}", _FITTING.get(right.id),
            "“{label}”的结果：{text}。", "What follows from “{label}”: {text}.", label=label, text=plain(text),
        )  # fmt: skip
