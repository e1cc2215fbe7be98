"""The exact words in which a person is asked, made from the policy alone: the same policy always asks the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from troth.base.errors import InputError
from troth.base.text import Text, said
from troth.consent.matter import Matter, find_matter
from troth.consent.model import Kind
from troth.consent.optouts.optout import OPT_OUTS, opt_out_matter
from troth.policy.model import Grade, Policy


@dataclass(frozen=True)
class _Words:
    """One language's wording."""

    policy: str
    matter: str
    purposes: str
    needs: str
    optional: str
    shared: str
    sensitive: str
    between: str
    question: str
    take_back: str
    separate: str
    withdrawn: str
    opted_out: str
    opted_in: str
    ended: Mapping[Kind, str]


_WORDS: Mapping[str, _Words] = {
    "zh": _Words(
        policy="《{}》",
        matter="事项：{}",
        purposes="目的：{}",
        needs="需要的信息：{}",
        optional="可以不提供的信息：{}",
        shared="提供给“{}”的信息：{}",
        sensitive="{}（敏感个人信息）",
        between="、",
        question="您是否同意我们为上述目的处理上述信息？",
        take_back="您可以随时撤回同意，与给出同意一样方便；撤回不影响撤回之前已进行的处理。",
        separate="这是一项单独同意：不同意不影响您使用与此无关的功能。",
        withdrawn="您将撤回同意。自撤回之时起，我们不再为上述目的处理上述信息；此前已进行的处理不受影响。",
        opted_out="您将选择退出。自此时起，我们不再如此处理您的个人信息；此前已进行的处理不受影响。您可以随时重新加入。",
        opted_in="您将选择加入，即同意我们如此处理您的个人信息。您可以随时再次退出，与加入一样方便。",
        ended={
            Kind.EXPIRED: "您的同意已到期。自到期之时起，我们不再为上述目的处理上述信息；需要时会再次征得您的同意。",
            Kind.INVALIDATED: "您的同意已被认定无效。我们不再为上述目的处理上述信息。",
            Kind.REVOKED: "我们已终止您所同意的处理，不再为上述目的处理上述信息。",
        },
    ),
    "en": _Words(
        policy="{}",
        matter="About: {}",
        purposes="Purpose: {}",
        needs="Information needed: {}",
        optional="Information you may leave out: {}",
        shared="Provided to {}: {}",
        sensitive="{} (sensitive personal information)",
        between=", ",
        question="Do you agree that we process this information for this purpose?",
        take_back=(
            "You can withdraw at any time, as easily as you agree; "
            "what was done before the withdrawal is not affected by it."
        ),
        separate="This is a separate consent: refusing it does not affect functions that have nothing to do with it.",
        withdrawn=(
            "You are withdrawing your consent. From now on we no longer process this information for this purpose; "
            "what was done before is not affected."
        ),
        opted_out=(
            "You are opting out. From now on we no longer do this with your personal information; "
            "what was done before is not affected. You can opt in again at any time."
        ),
        opted_in=(
            "You are opting in: you agree that we do this with your personal information. "
            "You can opt out again at any time, as easily."
        ),
        ended={
            Kind.EXPIRED: (
                "Your consent has run out. Since then we no longer process this information for this purpose; "
                "where we need to, we shall ask you again."
            ),
            Kind.INVALIDATED: (
                "Your consent has been found invalid. We no longer process this information for this purpose."
            ),
            Kind.REVOKED: (
                "We have ended the processing that you agreed to and no longer process this information "
                "for this purpose."
            ),
        },
    ),
}

_SEPARATE: frozenset[Grade] = frozenset({"separate", "guardian-verified"})


def prompt(policy: Policy, function: str, language: str) -> str:
    """What a person reads before they consent to `function`.

    Raises InputError: see `find_matter`, and `consent.unknown-language`.
    """
    words, matter = _words(policy, language), find_matter(policy, function)
    lines = [*_subject_matter(policy, matter, language), words.question]
    if matter.grade in _SEPARATE:
        lines.append(words.separate)
    return "\n".join([*lines, words.take_back])


def withdrawal(policy: Policy, function: str, language: str) -> str:
    """What a person reads before they withdraw. Raises as `prompt` does."""
    words, matter = _words(policy, language), find_matter(policy, function)
    return "\n".join([*_subject_matter(policy, matter, language), words.withdrawn])


def opting_out(policy: Policy, name: str, language: str) -> str:
    """What a person reads before they opt out. Raises InputError `consent.unknown-opt-out` and as `prompt` does."""
    return "\n".join([*_about_opt_out(policy, name, language), _words(policy, language).opted_out])


def opting_in(policy: Policy, name: str, language: str) -> str:
    """What a person reads before they opt in. Raises as `opting_out` does."""
    return "\n".join([*_about_opt_out(policy, name, language), _words(policy, language).opted_in])


def ending(policy: Policy, function: str, kind: Kind, language: str) -> str:
    """What a person is told when a consent ends without them. Raises as `prompt` does."""
    words, matter = _words(policy, language), find_matter(policy, function)
    return "\n".join([*_subject_matter(policy, matter, language), words.ended[kind]])


def _about_opt_out(policy: Policy, name: str, language: str) -> list[str]:
    opt_out_matter(name)
    words = _words(policy, language)
    return [words.policy.format(said(policy.title, language)), words.matter.format(said(OPT_OUTS[name], language))]


def _subject_matter(policy: Policy, matter: Matter, language: str) -> list[str]:
    words = _words(policy, language)

    def listed(names: tuple[str, ...], show: Callable[[str], str]) -> str:
        return words.between.join(show(name) for name in names)

    def label(text: Text) -> str:
        return said(text, language)

    def item(name: str) -> str:
        shown = label(policy.items[name].label)
        return words.sensitive.format(shown) if policy.items[name].sensitive else shown

    rows = [
        (words.policy, label(policy.title)),
        (words.matter, label(matter.label)),
        (words.purposes, listed(matter.purposes, lambda name: label(policy.purposes[name].label))),
        (words.needs, listed(matter.needs, item)),
        (words.optional, listed(matter.optional, item)),
    ]
    lines = [form.format(value) for form, value in rows if value]
    for recipient, items in matter.shared.items():
        lines.append(words.shared.format(label(policy.recipients[recipient].name), listed(items, item)))
    return lines


def _words(policy: Policy, language: str) -> _Words:
    if language not in policy.languages or language not in _WORDS:
        hint = f"use one of {', '.join(each for each in policy.languages if each in _WORDS)}"
        raise InputError("consent.unknown-language", f"the policy does not speak `{language[:20]}`", hint=hint)
    return _WORDS[language]
