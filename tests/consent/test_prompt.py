from __future__ import annotations

import pytest

from tests.versions.sample import TEXT, policy
from troth.base.errors import InputError
from troth.consent.asking.prompt import ending, opting_in, opting_out, prompt, withdrawal
from troth.consent.matter import find_matter, matter_of, matters
from troth.consent.model import Kind
from troth.consent.optouts.optout import OPT_OUTS
from troth.consent.rules import ENDINGS
from troth.policy.flows import flows


def test_the_prompt_in_chinese_is_exactly_this() -> None:
    assert prompt(policy(), "push", "zh") == (
        "《小店隐私政策》\n"
        "事项：推送\n"
        "目的：消息推送\n"
        "需要的信息：IMEI\n"
        "可以不提供的信息：位置（敏感个人信息）\n"
        "提供给“个推”的信息：IMEI、订单\n"
        "您是否同意我们为上述目的处理上述信息？\n"
        "您可以随时撤回同意，与给出同意一样方便；撤回不影响撤回之前已进行的处理。"
    )


def test_the_prompt_in_english_is_exactly_this() -> None:
    assert prompt(policy(), "push", "en") == (
        "Shop privacy policy\n"
        "About: push\n"
        "Purpose: push messages\n"
        "Information needed: IMEI\n"
        "Information you may leave out: location (sensitive personal information)\n"
        "Provided to igexin: IMEI, orders\n"
        "Do you agree that we process this information for this purpose?\n"
        "You can withdraw at any time, as easily as you agree; "
        "what was done before the withdrawal is not affected by it."
    )


def test_a_separate_consent_says_so() -> None:
    assert "这是一项单独同意" in prompt(policy(), "recipients.bureau", "zh")
    assert "separate consent" in prompt(policy(), "flows.sale", "en")
    assert "separate" not in prompt(policy(), "push", "en")


def test_the_same_policy_asks_in_the_same_words_however_it_was_written() -> None:
    reordered = TEXT.replace("[device.imei, order.record]", "[order.record, device.imei]")
    assert prompt(policy(reordered), "push", "zh") == prompt(policy(), "push", "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_a_withdrawal_name_the_same_things(language: str) -> None:
    asked, taken = prompt(policy(), "push", language), withdrawal(policy(), "push", language)
    assert taken.splitlines()[:-1] == asked.splitlines()[:-2]
    assert taken != asked


@pytest.mark.parametrize("language", ["fr", "", "x" * 50])
def test_a_language_that_the_policy_does_not_speak_is_refused(language: str) -> None:
    with pytest.raises(InputError) as raised:
        prompt(policy(), "push", language)
    assert raised.value.code == "consent.unknown-language"


def test_everything_that_rests_on_consent_can_be_consented_to() -> None:
    known = matters(policy())
    assert list(known) == ["flows.sale", "push", "recipients.bureau"]
    for flow in flows(policy()):
        if flow.basis == "consent":
            matter = known[matter_of(flow)]
            assert flow.item in matter.items
            assert flow.purpose in matter.purposes
            assert flow.recipient is None or flow.item in matter.shared[flow.recipient]


def test_items_that_only_a_recipient_gets_are_not_called_optional() -> None:
    push = find_matter(policy(), "push")
    assert (push.needs, push.optional) == (("device.imei",), ("location.precise",))
    assert push.shared == {"getui": ("device.imei", "order.record")}


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("register", "consent.not-asked", "contract"),
        ("pusch", "consent.unknown-function", "did you mean `push`?"),
        ("zzzzzz", "consent.unknown-function", "flows.sale, push"),
    ],
)
def test_what_asks_no_consent_is_refused(name: str, code: str, hint: str) -> None:
    with pytest.raises(InputError) as raised:
        find_matter(policy(), name)
    assert raised.value.code == code
    assert hint in raised.value.hint


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_every_ending_without_the_person_has_its_own_words(language: str, kind: Kind) -> None:
    told = ending(policy(), "push", kind, language)
    assert told.splitlines()[:-1] == withdrawal(policy(), "push", language).splitlines()[:-1]
    others = [ending(policy(), "push", other, language) for other in ENDINGS if other is not kind]
    assert told not in [*others, withdrawal(policy(), "push", language), prompt(policy(), "push", language)]


def test_the_words_of_an_opt_out_are_exactly_these() -> None:
    assert opting_out(policy(), "sale", "zh") == (
        "《小店隐私政策》\n"
        "事项：出售个人信息\n"
        "您将选择退出。自此时起，我们不再如此处理您的个人信息；此前已进行的处理不受影响。您可以随时重新加入。"
    )
    assert opting_in(policy(), "sale", "en") == (
        "Shop privacy policy\n"
        "About: sale of personal information\n"
        "You are opting in: you agree that we do this with your personal information. "
        "You can opt out again at any time, as easily."
    )


@pytest.mark.parametrize("name", OPT_OUTS)
def test_every_opt_out_is_named_in_chinese_and_in_english(name: str) -> None:
    for say in (opting_out, opting_in):
        zh, en = say(policy(), name, "zh"), say(policy(), name, "en")
        assert OPT_OUTS[name]["zh"] in zh
        assert OPT_OUTS[name]["en"] in en
        assert en.isascii()
    with pytest.raises(InputError):
        opting_out(policy(), name, "fr")
