"""One policy, several audiences: each is asked, waits and stays with a version by its own rules."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.consent.people import SIGNER, VAULT, accepts, gives, person, released
from troth.base.clock import SettableClock
from troth.base.errors import InputError
from troth.base.work import Begin
from troth.consent import service
from troth.consent.asking.prompt import prompt
from troth.consent.ledger import text_of
from troth.consent.proof.verify import verify
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.policy.rule_sets import rule_set
from troth.subjects.audience import belong

SMALLRIG = Path(__file__).parents[2] / "examples" / "smallrig"


@cache
def smallrig(updated: str = "") -> Policy:
    texts = {name: (SMALLRIG / name).read_text(encoding="utf-8") for name in ("california.yaml", "china.yaml")}
    head = (SMALLRIG / "policy.yaml").read_text(encoding="utf-8")
    if updated:
        head, before = f"{head}\n", head
        head = "\n".join(f"updated: {updated}" if line.startswith("updated:") else line for line in before.split("\n"))
        assert head != before
    return parse({"policy.yaml": head, **texts})


def resident(begin: Begin, policy: Policy, rules: str | None, phone: str = "19900000001") -> str:
    subject = person(begin, phone)
    with begin() as work:
        belong(work, VAULT, subject, policy, rules)
    return subject


@pytest.mark.parametrize("rules", [None, "california", "china"])
def test_everybody_is_asked_in_the_words_of_their_own_rules(begin: Begin, rules: str | None) -> None:
    version = released(begin, smallrig())
    subject = resident(begin, version.policy, rules)
    matter = "flows.use.permitted" if rules == "china" else "news"
    own = rule_set(version.policy, rules)
    with begin() as work:
        event = service.give(work, VAULT, version, subject, matter, grade="general", language="en", interface="portal")
        assert text_of(work, event.prompt) == prompt(own, matter, "en")
        receipt = service.receipt(work, SIGNER, event.id, "en")
    assert event.version_hash == version.hash, "the whole version is what was published and journaled"
    assert verify(receipt, [SIGNER.vkey]).function == matter
    jurisdiction = receipt["processing"]["jurisdiction"]
    assert (jurisdiction == ["us-ca"]) is (rules == "california")


def test_what_only_another_audience_is_asked_cannot_be_given(begin: Begin) -> None:
    version = released(begin, smallrig())
    subject = resident(begin, version.policy, "china")
    with pytest.raises(InputError) as raised:
        gives(begin, version, subject, "news", "general")
    assert raised.value.code in {"consent.unknown-function", "consent.not-asked"}


def test_a_consent_of_ones_audience_can_be_withdrawn_after_moving_to_another(begin: Begin) -> None:
    version = released(begin, smallrig())
    subject = resident(begin, version.policy, "california")
    gives(begin, version, subject, "news", "general")
    with begin() as work:
        belong(work, VAULT, subject, version.policy, None)
        event = service.withdraw(work, VAULT, version, subject, "news", language="en", interface="portal")
    assert event.function == "news"


@pytest.mark.parametrize(("rules", "number"), [("china", 1), ("california", 2), (None, 2)])
def test_each_audience_is_pinned_or_moved_as_its_own_rules_say(
    begin: Begin, clock: SettableClock, rules: str | None, number: int
) -> None:
    first = released(begin, smallrig())
    subject = resident(begin, first.policy, rules)
    accepts(begin, first, subject)
    clock.advance(timedelta(days=1))
    second = released(begin, smallrig("2025-01-01"))
    assert second.number == 2
    with begin() as work:
        assert service.in_force_for(work, second, subject).number == number
        assert service.binding_version(work, second, subject).audience == rules
