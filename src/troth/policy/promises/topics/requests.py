"""What holds for every request, and how the company is reached."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.model import Contacts, Requests
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Part, Teller, listed, number, pair, period, plain, plains, words
from troth.policy.promises.words import STARTS


def find(teller: Teller) -> Iterator[Derived]:
    """Contacts, deadlines, proofs, fees, grounds to refuse, exemptions and fairness."""
    policy = teller.policy
    yield from _contacts(teller, policy.controller.contacts)
    yield from _time(teller, policy.requests)
    yield from _identity(teller, policy.requests)
    yield from _cost_and_refusal(teller, policy.requests)
    for name, exemption in sorted(policy.exemptions.items()):
        yield teller.promise(
            f"exemptions.{name}", "exemption-applied",
            "这些权利对此不适用：{label}。", "These rights do not hold here: {label}.", label=plain(exemption.label),
        )  # fmt: skip
    for name, text in sorted(policy.fairness.never.items()):
        yield teller.promise(
            f"fairness.never.{name}", "equal-service",
            "不因您行使权利而：{text}。", "Using a right never means: {text}.", text=plain(text),
        )  # fmt: skip
    for name, text in sorted(policy.fairness.incentives.items()):
        yield teller.own(f"fairness.incentives.{name}", "equal-service", text)


def _contacts(teller: Teller, contacts: Contacts) -> Iterator[Derived]:
    named: tuple[tuple[str | None, str, str], ...] = (
        (contacts.email, "电子邮件 {}", "e-mail {}"),
        (contacts.phone, "电话 {}", "telephone {}"),
        (contacts.website, "网站 {}", "website {}"),
    )
    ways: list[Part] = [pair((zh.format(way), en.format(way))) for way, zh, en in named if way is not None]
    ways += [plain(text) for text in (contacts.post, contacts.through) if text is not None]
    if ways:
        yield teller.promise(
            "controller.contacts", "channel-works",
            "您可以这样联系我们：{ways}。", "You can reach us here: {ways}.", ways=listed(ways),
        )  # fmt: skip
    if contacts.within is not None:
        yield teller.promise(
            "controller.contacts.within", "channel-works",
            "来信来电，{start}{period}内答复。", "Whoever gets in touch is answered within {period} {start}.",
            start=words(STARTS, [contacts.counts_from]), period=period(contacts.within),
        )  # fmt: skip


def _time(teller: Teller, requests: Requests) -> Iterator[Derived]:
    if requests.within is not None:
        yield teller.promise(
            "requests.within", "answered-in-time",
            "其他请求，{start}{period}内答复。", "Every other request is answered within {period} {start}.",
            start=words(STARTS, [requests.counts_from]), period=period(requests.within),
        )  # fmt: skip
    if requests.vaguely is not None:
        yield teller.promise(
            "requests.vaguely", None,
            "请求没有期限：{text}。", "Requests have no deadline, only this: {text}.", text=plain(requests.vaguely),
        )  # fmt: skip
    if requests.appeal is not None:
        yield teller.own("requests.appeal", "complaint-answered", requests.appeal)


def _identity(teller: Teller, requests: Requests) -> Iterator[Derived]:
    for key, zh, en, texts in (
        ("proof", "可能要求的身份证明：{texts}。", "Proof of identity may be asked for: {texts}.", requests.proof),
        ("needs", "请求须写明：{texts}。", "A request must bring: {texts}.", requests.needs),
    ):
        if texts:
            yield teller.promise(f"requests.{key}", "identity-checked", zh, en, texts=plains(texts))
    for name, tier in sorted(requests.tiers.items()):
        yield teller.promise(
            f"requests.tiers.{name}", "identity-checked",
            "核实身份“{label}”，须有{points}项信息相符。",
            "Identity “{label}” takes this many matching data points: {points}.",
            label=plain(tier.label), points=number(tier.points),
        )  # fmt: skip
    if requests.use_of_proof is not None:
        yield teller.own("requests.use_of_proof", "identity-checked", requests.use_of_proof)
    if requests.agents is not None:
        appointed = {**requests.agents.appointed, **requests.agents.proof}
        yield teller.promise(
            "requests.agents", "agent-answered",
            "您可以委托他人提出请求：{how}。", "Somebody else can ask for you: {how}.",
            how=plains(appointed) if appointed else pair(("方式未写明", "how is not said")),
        )  # fmt: skip


def _cost_and_refusal(teller: Teller, requests: Requests) -> Iterator[Derived]:
    if requests.fee is not None:
        first = ("不收费", "free") if requests.fee.first == "free" else ("收费", "charged for")
        again = ("也不收费", "free too") if requests.fee.repeated == "free" else ("可能收费", "perhaps charged for")
        yield teller.promise(
            "requests.fee", "fee-by-rule",
            "首次请求{first}，多次重复的{again}。", "A first request is {first}; repeated ones are {again}.",
            first=pair(first), again=pair(again),
        )  # fmt: skip
    if not requests.refuse:
        return
    grounds = plains({name: ground.label for name, ground in requests.refuse.items()})
    if "refuse" in teller.policy.closed:
        zh, en = "请求只因以下理由被拒绝：{grounds}。", "A request is refused on these grounds only: {grounds}."
    else:
        zh, en = (
            "请求可能因以下及其他理由被拒绝：{grounds}。",
            "A request may be refused on these grounds, or others: {grounds}.",
        )
    yield teller.promise("requests.refuse", "refused-with-ground", zh, en, grounds=grounds)
