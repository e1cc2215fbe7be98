"""A real shop's policy drives the banner once it says which of its technologies wait for consent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.banner.caller import Caller
from tests.web.banner.site import Site
from troth.policy.read import parse
from troth.subjects import facts
from troth.versions.service import publish
from troth.web.banner.visitor import find_profile

EXAMPLE = Path(__file__).parents[3] / "examples" / "smallrig"
WEBSITE = """
functions:
  counting: {label: {en: counting visitors, zh: 统计访问者}, for: statistics, basis: consent, grade: explicit,
             needs: [usage.details]}
  promotion: {label: {en: promotion by third parties, zh: 第三方推广}, for: advertising, basis: consent,
              grade: explicit, needs: [usage.trackers], shares: [selected]}
technologies:
  analytics: {label: {en: analytics cookies, zh: 分析 Cookie}, for: statistics, names: ["_ga*"], basis: consent,
              grade: explicit, lasts: 1 year}
  adverts: {label: {en: advertising cookies, zh: 广告 Cookie}, for: advertising, names: [_fbp], basis: consent,
            grade: explicit, lasts: 90 days}
signals:
  gpc: {label: {en: Global Privacy Control, zh: 全球隐私控制}, honoured: true, refuses: [marketing, advertising]}
"""


@pytest.fixture
def smallrig(there: Site) -> Caller:
    texts = {
        name: (EXAMPLE / name).read_text(encoding="utf-8") for name in ("policy.yaml", "california.yaml", "china.yaml")
    }
    with there.app.begin() as work:
        publish(work, parse({**texts, "website.yaml": WEBSITE}), {}, by="test")
    return Caller(there, policy="smallrig")


def test_its_visitors_are_asked_about_what_waits_and_told_of_what_does_not(smallrig: Caller) -> None:
    told = smallrig.load()
    assert [one["name"] for one in told["matters"]] == ["counting", "promotion"]
    beacons, cookies, _ = (one["label"]["en"] for one in told["always"])
    assert beacons.startswith("web beacons in pages and e-mails")
    assert cookies == "cookies"
    assert told["languages"] == ["en", "zh"]


def test_a_californians_signal_opts_them_out_for_every_decision(there: Site, smallrig: Caller) -> None:
    california = smallrig.load(audience="california")
    told = smallrig.choose(gpc=True, audience="california", shown=california["hash"])
    assert told["gpc"] == {"processed": True, "matters": ["promotion"]}
    with there.app.begin() as work:
        subject = find_profile(work, there.app.vault, smallrig.profile)
        assert subject is not None
        true = facts.facts(work, subject)
    assert {"opted-out.sale", "opted-out.sharing", "opted-out.targeted-advertising", "audience.california"} <= true


def test_an_audience_with_rules_all_its_own_is_asked_by_them_alone(smallrig: Caller) -> None:
    told = smallrig.load(audience="china")
    assert told["matters"] == []
    assert told["signal"] is False
