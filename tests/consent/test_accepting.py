"""Which version holds for whom: pinned by an act, or moved by notice and time, as the person's own version says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import VAULT, accepts, fresh_person, person, released
from tests.versions.sample import TEXT, policy
from troth.base.clock import SettableClock
from troth.base.errors import InputError
from troth.base.work import Begin
from troth.consent import service
from troth.consent.acts.accepting import Told
from troth.journal import service as journal
from troth.versions.model import Version

DEEMED = TEXT.replace("acceptance: explicit", "acceptance: deemed")
ONE_BY_ONE = "changes: {tell: [email], notice: 30 days}\n"
IN_PUBLIC = "changes: {tell: [homepage, email], notice: 30 days}\n"


def at(day: int, text: str) -> str:
    return text.replace("updated: 2026-01-01", f"updated: 2026-01-{day:02}")


def binding(begin: Begin, version: Version, subject: str) -> int:
    with begin() as work:
        return service.binding_version(work, version, subject).number


def tells(begin: Begin, version: Version, subject: str, channel: str = "email") -> Told:
    with begin() as work:
        return service.tell(work, VAULT, version, subject, channel=channel)


def test_deemed_acceptance_comes_only_after_being_told_and_the_time_promised(
    begin: Begin, clock: SettableClock
) -> None:
    first, subject = released(begin, policy(DEEMED + ONE_BY_ONE)), person(begin)
    clock.advance(timedelta(days=1))
    second = released(begin, policy(at(2, DEEMED + ONE_BY_ONE)))
    clock.advance(timedelta(days=100))
    assert binding(begin, second, subject) == first.number, "nobody told them"
    tells(begin, second, subject)
    assert binding(begin, second, subject) == 1
    clock.advance(timedelta(days=29))
    assert binding(begin, second, subject) == 1
    clock.advance(timedelta(days=2))
    assert binding(begin, second, subject) == second.number


def test_a_change_told_in_public_is_told_to_everybody(begin: Begin, clock: SettableClock) -> None:
    released(begin, policy(DEEMED + IN_PUBLIC))
    subject = person(begin)
    clock.advance(timedelta(days=1))
    second = released(begin, policy(at(2, DEEMED + IN_PUBLIC)))
    assert binding(begin, second, subject) == 1
    clock.advance(timedelta(days=32))
    assert binding(begin, second, subject) == 2


def test_whoever_comes_after_a_change_never_had_the_older_version(begin: Begin, clock: SettableClock) -> None:
    released(begin, policy(DEEMED + ONE_BY_ONE))
    clock.advance(timedelta(days=1))
    second = released(begin, policy(at(2, DEEMED + ONE_BY_ONE)))
    clock.advance(timedelta(days=1))
    assert binding(begin, second, person(begin)) == 2


def test_a_policy_that_promised_explicit_acceptance_cannot_deem_itself_free_of_it(
    begin: Begin, clock: SettableClock
) -> None:
    first, subject = released(begin, policy()), person(begin)
    accepts(begin, first, subject)
    clock.advance(timedelta(days=1))
    second = released(begin, policy(at(2, DEEMED)))
    tells(begin, second, subject)
    clock.advance(timedelta(days=400))
    assert binding(begin, second, subject) == 1
    accepts(begin, second, subject)
    assert binding(begin, second, subject) == 2


def test_being_told_of_a_later_version_is_being_told_of_those_before_it(begin: Begin, clock: SettableClock) -> None:
    released(begin, policy(DEEMED + ONE_BY_ONE))
    subject = person(begin)
    clock.advance(timedelta(days=1))
    released(begin, policy(at(2, DEEMED + ONE_BY_ONE)))
    clock.advance(timedelta(days=1))
    newest = released(begin, policy(at(3, DEEMED + ONE_BY_ONE)))
    tells(begin, newest, subject)
    clock.advance(timedelta(days=31))
    assert binding(begin, newest, subject) == 3


def test_what_was_told_and_accepted_is_kept_and_journaled(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    done = tells(begin, version, subject)
    accepts(begin, version, subject)
    with begin() as work:
        assert service.told(work, subject) == (done,)
        held = service.acceptances(work, subject)
        kinds = [entry.kind for entry in journal.entries(work, done.entry, 9)]
        (leaf,) = [entry.leaf for entry in journal.entries(work, done.entry, 1)]
    assert (done.version, done.channel, done.at) == (version.id, "email", clock.now())
    assert [(one.document, one.version, one.language, one.interface) for one in held] == [
        ("policy", version.id, "zh", "portal"),
        ("terms", version.id, "zh", "portal"),
    ]
    assert kinds == ["version.told", "version.accepted"]
    assert subject.encode() not in leaf


def test_a_channel_is_a_name_and_no_address(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work, pytest.raises(InputError) as raised:
        service.tell(work, VAULT, version, subject, channel="someone@shop.example")
    assert raised.value.code == "consent.bad-interface"
    with begin() as work, pytest.raises(InputError) as raised:
        service.accept(work, VAULT, version, subject, language="zh", interface="19900000001")
    assert raised.value.code == "consent.bad-interface"
    with begin() as work:
        assert (service.acceptances(work, subject), service.told(work, subject)) == ((), ())


steps = st.lists(st.sampled_from(["publish", "tell", "accept", "wait"]), max_size=7)


@given(steps, st.booleans(), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_goes_back_to_an_older_version_and_explicit_moves_by_acts_only(
    begin: Begin, clock: SettableClock, made: list[str], deemed: bool, one_by_one: bool
) -> None:
    """Against a slow reading: the version accepted last, then each later one that was told a month ago."""
    clock.set(datetime(clock.now().year + 1, 1, 1, tzinfo=UTC))
    with begin() as work:
        name = f"shop{int.from_bytes(work.entropy(4), 'big')}"
    text = (DEEMED if deemed else TEXT) + (ONE_BY_ONE if one_by_one else IN_PUBLIC)
    text = text.replace("policy: shop", f"policy: {name}")
    published = [released(begin, policy(text))]
    subject = fresh_person(begin)
    accepts(begin, published[0], subject)
    heard: dict[int, datetime] = {}
    accepted = last = 1
    for step in made:
        clock.advance(timedelta(days=20))
        if step == "publish" and len(published) < 9:
            published.append(released(begin, policy(at(len(published) + 1, text))))
        elif step == "tell":
            tells(begin, published[-1], subject)
            heard[published[-1].number] = min(heard.get(published[-1].number, clock.now()), clock.now())
        elif step == "accept":
            accepts(begin, published[-1], subject)
            accepted = last = published[-1].number
        expected = accepted
        for version in published[accepted:] if deemed else []:
            told = [when for number, when in heard.items() if number >= version.number]
            since = min(told, default=None) if one_by_one else version.published_at
            if since is None or clock.now() - since < timedelta(days=31):
                break
            expected = version.number
        found = binding(begin, published[-1], subject)
        assert found == expected
        assert found >= last
        last = found
