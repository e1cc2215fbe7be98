from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from troth.base.calendar import Roll, Starts, working
from troth.base.errors import InputError
from troth.base.period import UNITS, Period
from troth.regimes import Figure, figure, figures, regime, regimes
from troth.regimes.model import COUNTS, Bound, Confidence, Pause, Status

ALL = [one for name in regimes() for one in figures(name)]
EVERY_FIGURE = pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.regime}:{one.name}")

CCPA, GDPR = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/Brussels")


def test_four_regimes_come_with_the_package() -> None:
    assert regimes() == ("cn", "eu", "uk", "us-ca")


@pytest.mark.parametrize(
    ("name", "of", "amount", "unit"),
    [
        ("cn", "request.answer", 15, "working_days_cn"),
        ("cn", "complaint.answer", 15, "working_days_cn"),
        ("cn", "child.age", 14, "years_of_age"),
        ("cn", "minor.age", 18, "years_of_age"),
        ("cn", "pipia.keep", 3, "years"),
        ("cn", "breach.authority", 4, "hours"),
        ("cn", "transfer.exempt.people", 100_000, "people"),
        ("eu", "request.answer", 1, "months"),
        ("eu", "request.extend", 2, "months"),
        ("eu", "breach.authority", 72, "hours"),
        ("eu", "child.age", 16, "years_of_age"),
        ("eu", "child.age.fr", 15, "years_of_age"),
        ("eu", "child.age.at", 14, "years_of_age"),
        ("uk", "complaint.acknowledge", 30, "days"),
        ("uk", "child.age", 13, "years_of_age"),
        ("us-ca", "request.acknowledge", 10, "business_days_us"),
        ("us-ca", "request.answer", 45, "days"),
        ("us-ca", "optout.apply", 15, "business_days_us"),
        ("us-ca", "consent.reask", 12, "months"),
        ("us-ca", "request.keep", 24, "months"),
    ],
)
def test_the_figures_that_everything_rests_on(name: str, of: str, amount: int, unit: str) -> None:
    found = figure(name, of)
    assert (found.amount, found.unit) == (amount, unit)


@EVERY_FIGURE
def test_a_figure_says_where_it_stands_and_how_sure_we_are(one: Figure) -> None:
    assert one.law
    assert one.source == f"{one.law} {one.provision}".strip()
    assert one.confidence in get_args(Confidence)
    assert (one.verified_on is None) == (one.confidence == "memory")
    assert one.verified_on is None or one.verified_on >= date(2026, 1, 1)


@EVERY_FIGURE
def test_a_figure_is_written_with_the_words_of_the_language(one: Figure) -> None:
    assert one.unit in (*UNITS, *COUNTS)
    assert one.bound in get_args(Bound)
    assert one.roll in get_args(Roll)
    assert one.starts in (None, *get_args(Starts))
    assert one.status in get_args(Status)
    assert set(one.pausable) <= set(get_args(Pause))
    assert one.amount > 0


@EVERY_FIGURE
def test_a_figure_is_explained_in_chinese_and_english(one: Figure) -> None:
    assert set(one.means) == {"zh", "en"}
    assert any("\u4e00" <= sign <= "\u9fff" for sign in one.means["zh"])
    assert one.means["en"].isascii()


@EVERY_FIGURE
def test_a_figure_is_a_period_exactly_when_its_unit_is_one(one: Figure) -> None:
    if one.unit in UNITS:
        assert one.period == Period(one.amount, one.period.unit)
        return
    with pytest.raises(InputError) as caught:
        one.period  # noqa: B018 (reading it is the act)
    assert caught.value.code == "regimes.not-a-period"


@EVERY_FIGURE
def test_a_figure_that_may_be_extended_names_the_extension(one: Figure) -> None:
    if one.extension:
        assert figure(one.regime, one.extension).is_period


@EVERY_FIGURE
def test_the_calendar_of_a_figure_is_known(one: Figure) -> None:
    assert working(date(2026, 3, 2), one.calendar)


def test_only_proposals_are_marked_as_proposals() -> None:
    proposed = {f"{one.regime}:{one.name}" for one in ALL if one.status == "proposed"}
    assert proposed == {"eu:breach.authority.proposed", "eu:consent.reask.proposed", "eu:child.age.dk.proposed"}


def test_no_member_state_goes_below_what_the_regulation_allows() -> None:
    least = figure("eu", "child.age.least").amount
    countries = [one for one in figures("eu") if one.name.startswith("child.age.") and one.name.count(".") == 2]
    assert len(countries) == 31
    assert all(least <= one.amount <= figure("eu", "child.age").amount for one in countries)


def test_a_misspelt_figure_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(InputError, match=r"`request\.anser`") as caught:
        figure("cn", "request.anser")
    assert (caught.value.code, caught.value.hint) == ("regimes.unknown-figure", "did you mean `request.answer`?")


def test_a_misspelt_regime_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(InputError) as caught:
        regime("us-cal")
    assert (caught.value.code, caught.value.hint) == ("regimes.unknown", "did you mean `us-ca`?")


def test_where_nothing_is_near_all_that_is_known_is_listed() -> None:
    with pytest.raises(InputError) as caught:
        figures("atlantis")
    assert caught.value.hint == "known are `cn`, `eu`, `uk`, `us-ca`"


def test_figures_come_in_the_order_of_their_file_and_by_their_names() -> None:
    for name in regimes():
        assert {one.name: one for one in figures(name)} == regime(name).figures
        assert len({one.name for one in figures(name)}) == len(figures(name))
    assert figures("cn")[0].name == "request.answer"


@pytest.mark.parametrize(
    ("name", "of", "received", "last"),
    [
        ("us-ca", "request.acknowledge", "2026-03-02", "2026-03-16"),
        ("us-ca", "optout.apply", "2026-03-02", "2026-03-23"),
        ("us-ca", "request.answer", "2026-03-02", "2026-04-16"),
        ("us-ca", "request.longest", "2026-03-02", "2026-05-31"),
        ("eu", "request.answer", "2026-01-31", "2026-03-02"),
        ("uk", "request.answer", "2026-09-03", "2026-10-05"),
        ("cn", "request.answer", "2026-02-10", "2026-03-09"),
    ],
)
def test_a_figure_counts_as_its_own_law_counts(name: str, of: str, received: str, last: str) -> None:
    zone = regime(name).zone
    start = datetime.fromisoformat(f"{received}T10:00").replace(tzinfo=zone)
    assert figure(name, of).due(start, zone=zone).at.astimezone(zone).date() == date.fromisoformat(last)


def test_hours_after_a_breach_run_over_the_weekend() -> None:
    friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert figure("eu", "breach.authority").due(friday, zone=GDPR).at == datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_an_age_has_no_due_date() -> None:
    with pytest.raises(InputError, match="counts years of age, not time"):
        figure("us-ca", "child.age").due(datetime(2026, 3, 2, tzinfo=UTC), zone=CCPA)
