"""What is shown of consents and of evidence, from values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.web.company import POLICY
from troth.base.text import LANGUAGES, Language
from troth.consent.asking.prompt import prompt, withdrawal
from troth.consent.matter import matters
from troth.consent.model import Standing, Status
from troth.policy.read import parse
from troth.requests.fulfilment.progress import Expected, Progress
from troth.requests.model import Certificate
from troth.stores.model import Erased
from troth.web.console.stores import StoreLine, certified_lines, store_lines
from troth.web.i18n import Words
from troth.web.pages import TEMPLATES
from troth.web.portal.choices import necessary, spoken, switch

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FITTING = parse({"policy.yaml": POLICY})
PUSH = matters(FITTING)["push"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [None, *Status])
def test_a_switch_is_on_exactly_while_the_consent_may_be_relied_on(language: Language, status: Status | None) -> None:
    standing = Standing(status, "separate", AT, "evt-a") if status else None
    found = switch(FITTING, PUSH, Words(language, ZONE), standing)
    assert found.on is (status in {Status.GIVEN, Status.RENEWED})
    said = withdrawal if found.on else prompt
    assert "\n".join(found.shown) == said(FITTING, "push", language), "the exact text that is recorded"
    assert (found.since is None) is (status is None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_needs_no_consent_is_every_function_that_asks_none(language: Language) -> None:
    found = necessary(FITTING, matters(FITTING), Words(language, ZONE))
    assert {one.id for one in found} == {"register", "order"}
    assert all(one.basis and one.purpose and one.needs for one in found)


def test_a_policy_that_does_not_speak_the_pages_language_is_shown_in_its_first() -> None:
    chinese = replace(FITTING, languages=("zh",))
    assert spoken(chinese, "en") == "zh"
    assert spoken(FITTING, "en") == "en"


def progress_of(erased: tuple[Erased, ...] | None, remaining: dict[str, int] | None) -> dict[str, Progress]:
    expected = {"orders": Expected(2, 2), "invoice": Expected(0, 1)}
    return {"shop": Progress("shop", expected, erased, remaining)}


def test_before_anything_was_erased_only_what_was_found_is_known() -> None:
    assert store_lines(progress_of(None, None)) == (
        StoreLine("shop", "invoice", 1, None, None, (), None),
        StoreLine("shop", "orders", 2, None, None, (), None),
    )


def test_after_erasing_each_dataset_says_what_was_erased_kept_and_why_and_left() -> None:
    said = (
        Erased("orders", 2, 2, 0, None, "delete"),
        Erased("invoice", 1, 0, 1, "retention.invoices", "keep"),
        Erased("photos", 3, 3, 0, None, "mask"),
    )
    assert store_lines(progress_of(said, {"orders": 0, "invoice": 0})) == (
        StoreLine("shop", "invoice", 1, 0, 1, ("retention.invoices",), 0),
        StoreLine("shop", "orders", 2, 2, 0, (), 0),
        StoreLine("shop", "photos", 0, 3, 0, (), 0),
    )


def test_the_certificate_tells_the_same_once_there_is_one() -> None:
    line: dict[str, Any] = {"dataset": "orders", "found": 3, "changed": 2, "kept": 1, "left": 0}
    line["grounds"] = [{"ground": "retention.orders", "rows": 1}, {"ground": None, "rows": 0}]
    body = {"stores": [{"store": "shop", "datasets": [line]}]}
    assert certified_lines(Certificate("req-a", body, "sha256:x", AT)) == (
        StoreLine("shop", "orders", 3, 2, 1, ("retention.orders",), 0),
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("7 days", "7 days"),
        ({"zh": "是", "en": "yes"}, "yes"),
        ({"zh": "仅中文"}, "仅中文"),
        (["self-service", "phone"], "self-service, phone"),
        ({"label": {"zh": "甲", "en": "a"}, "for": "shop"}, "2 parts"),
        ({"for": "shop"}, "1 part"),
        (18, "18"),
    ],
)
def test_the_value_of_a_clause_is_shown_on_one_line(value: object, shown: str) -> None:
    assert TEMPLATES.filters["clause"](value, Words("en", ZONE)) == shown


def test_templates_escape_what_is_put_into_them_and_refuse_what_they_do_not_know() -> None:
    assert TEMPLATES.from_string("{{ name }}").render(name="<b>&") == "&lt;b&gt;&amp;"
    with pytest.raises(Exception, match="'name' is undefined"):
        TEMPLATES.from_string("{{ name }}").render()
