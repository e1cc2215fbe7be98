"""A decision as a sentence that a person understands, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troth.base.text import Text, said
from troth.consent.optouts.optout import OPT_OUTS


@dataclass(frozen=True)
class Labels:
    """What the policy calls the things that a decision is about; `consents` by what is consented to."""

    item: Text
    purpose: Text
    recipient: Text | None
    consents: Mapping[str, Text]


@dataclass(frozen=True)
class _Words:
    allowed: str
    denied: str
    gap: str
    clause: str
    missing: str
    blocking: str
    between: str
    consent: str
    with_recipient: str
    actions: Mapping[str, str]
    bases: Mapping[str, str]
    grades: Mapping[str, str]
    missing_facts: Mapping[str, str]
    blocking_facts: Mapping[str, str]
    fact: str
    objected: str
    below: str
    opted_out: str
    opted_in: str


_WORDS: Mapping[str, _Words] = {
    "zh": _Words(
        allowed="可以为“{purpose}”{action}“{item}”：{basis}",
        denied="不可以为“{purpose}”{action}“{item}”：{reasons}",
        gap="隐私政策没有提到为“{purpose}”{action}“{item}”，所以不可以。",
        clause="（条款 {}）。",
        missing="还缺{}",
        blocking="{}",
        between="、",
        consent="对“{matter}”的{grade}",
        with_recipient="向“{recipient}”{action}",
        actions={
            "collect": "收集",
            "use": "使用",
            "share": "共享",
            "transfer": "转让",
            "disclose": "披露",
            "sell": "出售",
            "publish": "公开",
        },
        bases={
            "consent": "本人已经同意",
            "contract": "履行合同所必需",
            "legal-obligation": "履行法定义务所必需",
            "legitimate-interests": "基于合法利益",
            "vital-interests": "为保护生命健康所必需",
            "public-interest": "为公共利益所必需",
            "made-public": "本人已经自行公开",
            "unstated": "隐私政策有此条款，但没有说明依据",
        },
        grades={
            "deemed": "同意",
            "general": "同意",
            "explicit": "明示同意",
            "separate": "单独同意",
            "guardian-verified": "监护人同意",
        },
        missing_facts={
            "account.open": "有效的账号",
            "verified.phone": "手机号码验证",
            "verified.email": "邮箱验证",
            "identity.verified": "身份验证",
            "accepted.policy": "对隐私政策的接受",
            "accepted.terms": "对用户协议的接受",
            "age.adult": "已成年的确认",
            "guardian.agreed": "监护人对隐私政策的同意",
        },
        blocking_facts={
            "account.closed": "账号已经注销",
            "account.closing": "账号正在注销，不再收集新的信息",
            "restricted": "处理已被限制",
            "age.barred": "年龄低于隐私政策的要求",
        },
        fact="“{}”",
        objected="本人已反对用于这一目的",
        below="未满{}岁",
        opted_out="本人已选择退出“{}”",
        opted_in="本人对“{}”的选择加入",
    ),
    "en": _Words(
        allowed="“{item}” may be {action} for “{purpose}”: {basis}",
        denied="“{item}” may not be {action} for “{purpose}”: {reasons}",
        gap="The policy says nothing about “{item}” being {action} for “{purpose}”, so it is not allowed.",
        clause=" (clause {}).",
        missing="still missing: {}",
        blocking="{}",
        between=", ",
        consent="{grade} to “{matter}”",
        with_recipient="{action} “{recipient}”",
        actions={
            "collect": "collected",
            "use": "used",
            "share": "shared",
            "transfer": "transferred",
            "disclose": "disclosed",
            "sell": "sold",
            "publish": "published",
        },
        bases={
            "consent": "the person has consented",
            "contract": "the contract with the person needs it",
            "legal-obligation": "the law requires it",
            "legitimate-interests": "it rests on a legitimate interest",
            "vital-interests": "somebody's life or health needs it",
            "public-interest": "the public interest needs it",
            "made-public": "the person has made it public",
            "unstated": "the policy says so without naming a legal basis",
        },
        grades={
            "deemed": "consent",
            "general": "consent",
            "explicit": "explicit consent",
            "separate": "separate consent",
            "guardian-verified": "a guardian's consent",
        },
        missing_facts={
            "account.open": "an open account",
            "verified.phone": "a verified phone number",
            "verified.email": "a verified e-mail address",
            "identity.verified": "a verified identity",
            "accepted.policy": "acceptance of the privacy policy",
            "accepted.terms": "acceptance of the terms of use",
            "age.adult": "confirmation of being an adult",
            "guardian.agreed": "a guardian's agreement to the policy",
        },
        blocking_facts={
            "account.closed": "the account is closed",
            "account.closing": "the account is closing, so nothing new is collected",
            "restricted": "processing is restricted",
            "age.barred": "the person is younger than the policy allows",
        },
        fact="“{}”",
        objected="the person has objected to this purpose",
        below="the person is younger than {}",
        opted_out="the person has opted out of “{}”",
        opted_in="an opt-in to “{}”",
    ),
}
_BELOW = "age.below."
_TO: Mapping[str, str] = {"share": " with", "transfer": " to", "disclose": " to", "sell": " to", "publish": " through"}


def sentence(
    language: str,
    outcome: str,
    action: str,
    labels: Labels,
    *,
    clause: str | None,
    basis: str | None,
    missing: tuple[str, ...],
    blocking: tuple[str, ...],
) -> str:
    """The decision in words."""
    words = _WORDS.get(language, _WORDS["en"])
    parts = {
        "item": said(labels.item, language),
        "purpose": said(labels.purpose, language),
        "action": _action(words, language, action, labels.recipient),
    }
    if outcome == "gap":
        return words.gap.format(**parts)
    if outcome == "allowed":
        text = words.allowed.format(**parts, basis=words.bases[basis or "unstated"])
    else:
        text = words.denied.format(**parts, reasons=_reasons(words, language, labels, missing, blocking))
    return text + words.clause.format(clause)


def _action(words: _Words, language: str, action: str, recipient: Text | None) -> str:
    verb = words.actions[action]
    if recipient is None:
        return verb
    joined = verb + (_TO.get(action, " by") if words is _WORDS["en"] else "")
    return words.with_recipient.format(action=joined, recipient=said(recipient, language))


def fact_words(language: str, labels: Labels, fact: str, *, forbidden: bool) -> str:
    """One fact that a clause asks for, or that it forbids, as a person understands it."""
    words = _WORDS.get(language, _WORDS["en"])
    return _blocking(words, language, fact) if forbidden else _missing(words, language, labels, fact)


def _reasons(words: _Words, language: str, labels: Labels, missing: tuple[str, ...], blocking: tuple[str, ...]) -> str:
    parts = [_blocking(words, language, fact) for fact in blocking]
    if missing:
        named = words.between.join(_missing(words, language, labels, fact) for fact in missing)
        parts.append(words.missing.format(named))
    return ("；" if words is _WORDS["zh"] else "; ").join(parts)


def _blocking(words: _Words, language: str, fact: str) -> str:
    if fact.startswith("objected."):
        return words.objected
    return _of_family(words, language, fact) or words.blocking_facts[fact]


def _missing(words: _Words, language: str, labels: Labels, fact: str) -> str:
    family, _, rest = fact.partition(".")
    matter, _, grade = rest.rpartition(".")
    if family == "consent" and matter in labels.consents:
        return words.consent.format(matter=said(labels.consents[matter], language), grade=words.grades[grade])
    return words.missing_facts.get(fact) or _of_family(words, language, fact) or words.fact.format(fact)


def _of_family(words: _Words, language: str, fact: str) -> str | None:
    """The words for a fact whose name holds an age or an opt-out; None for any other."""
    family, _, rest = fact.partition(".")
    if fact.startswith(_BELOW):
        return words.below.format(fact.removeprefix(_BELOW))
    shapes = {"opted-out": words.opted_out, "opted-in": words.opted_in}
    return shapes[family].format(said(OPT_OUTS[rest], language)) if family in shapes and rest in OPT_OUTS else None
