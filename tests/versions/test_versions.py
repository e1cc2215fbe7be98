from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.versions.sample import TEXT, dated, policy
from troth.base.clock import SettableClock
from troth.base.errors import InputError, IntegrityError, RefusedError
from troth.base.work import Begin
from troth.journal import service as journal
from troth.versions import tables
from troth.versions.service import Version, all_versions, current, get, prevailing, publish, published

BY = "officer@shop.example"
SEPARATE = {"grade: explicit": "grade: separate"}
UNFIT = {"optional: [account.nickname]": "optional: [account.nickname, account.phone]"}
MAPS = {"company": {"kind": "sql", "url": "env:COMPANY", "datasets": {}}}


def release(begin: Begin, day: str = "2026-01-01", **replaced: str) -> Version:
    with begin() as work:
        return publish(work, dated(day, **replaced), MAPS, by=BY)


def test_a_version_is_what_was_release(begin: Begin, clock: SettableClock) -> None:
    made = release(begin)
    assert (made.id, made.name, made.number, made.hash) == ("shop:1", "shop", 1, policy().hash)
    assert made.policy == policy()
    assert made.maps == MAPS
    assert made.published_at == clock.now()
    with begin() as work:
        assert current(work) == current(work, "shop") == get(work, "shop:1") == made
        assert all_versions(work, "shop") == (made,)


def test_publishing_is_journaled_with_the_hash_and_without_the_officer(begin: Begin) -> None:
    made = release(begin)
    with begin() as work:
        (entry,) = journal.entries(work, made.entry, 1)
    refs = json.loads(entry.leaf)["refs"]
    assert entry.kind == "policy.published"
    assert (refs["version"], refs["hash"]) == ("shop:1", made.hash)
    assert "officer" not in entry.leaf.decode()


def test_publishing_the_current_version_again_writes_nothing(begin: Begin, clock: SettableClock) -> None:
    first = release(begin)
    clock.advance(timedelta(days=1))
    assert release(begin) == first
    with begin() as work:
        assert journal.size(work) == 1


def test_the_order_of_declarations_makes_no_new_version(begin: Begin) -> None:
    first = release(begin)
    head, _, functions = TEXT.partition("recipients:")
    recipients, _, rest = functions.partition("flows:")
    swapped = f"{head}flows:{rest.partition('minors:')[0]}recipients:{recipients}minors:{rest.partition('minors:')[2]}"
    assert swapped != TEXT
    with begin() as work:
        assert publish(work, policy(swapped), MAPS, by=BY) == first


def test_another_data_map_makes_a_new_version(begin: Begin) -> None:
    release(begin)
    with begin() as work:
        second = publish(work, policy(), {}, by=BY)
        assert (second.id, second.maps) == ("shop:2", {})
        assert get(work, "shop:1").maps == MAPS


def test_versions_count_up_and_keep_what_they_were(begin: Begin, clock: SettableClock) -> None:
    first = release(begin)
    clock.advance(timedelta(days=30))
    second = release(begin, "2026-02-01", **SEPARATE)
    assert second.id == "shop:2"
    with begin() as work:
        assert current(work) == second
        assert all_versions(work, "shop") == (first, second)
        assert get(work, "shop:1").policy.functions["push"].grade == "explicit"


def test_going_back_to_an_earlier_text_is_a_new_version(begin: Begin) -> None:
    release(begin)
    release(begin, **SEPARATE)
    third = release(begin)
    assert third.id == "shop:3"
    assert third.hash == policy().hash


def test_a_policy_dated_before_its_predecessor_is_refused(begin: Begin) -> None:
    release(begin, "2026-02-01")
    with pytest.raises(RefusedError) as raised:
        release(begin, "2026-01-31")
    assert raised.value.code == "versions.earlier"
    with begin() as work:
        assert len(all_versions(work, "shop")) == 1


def test_a_policy_with_errors_is_refused_and_nothing_is_written(begin: Begin) -> None:
    with begin() as work, pytest.raises(RefusedError) as raised:
        publish(work, dated("2026-01-01", **UNFIT), MAPS, by=BY)
    assert raised.value.code == "versions.unfit"
    assert "check" in raised.value.hint
    with begin() as work:
        assert all_versions(work, "shop") == ()
        assert journal.size(work) == 0


def test_without_a_policy_nothing_is_current(begin: Begin) -> None:
    with begin() as work:
        assert published(work) == ()
        with pytest.raises(InputError) as raised:
            current(work)
    assert raised.value.code == "versions.none"


def test_two_policies_must_be_named(begin: Begin) -> None:
    release(begin)
    other = release(begin, **{"policy: shop": "policy: other"})
    with begin() as work:
        with pytest.raises(InputError) as raised:
            current(work)
        assert raised.value.code == "versions.ambiguous"
        assert "other, shop" in raised.value.hint
        assert current(work, "other") == other
        assert published(work) == (other, current(work, "shop"))
        with pytest.raises(InputError) as raised:
            current(work, "third")
        assert raised.value.code == "versions.unknown"


def test_an_unknown_version_is_named(begin: Begin) -> None:
    with begin() as work:
        assert all_versions(work, "shop") == ()
        with pytest.raises(InputError, match="`shop:9`"):
            get(work, "shop:9")


@pytest.mark.parametrize(
    ("column", "was", "becomes"),
    [
        ("policy", "igexin", "somebody else"),
        ("policy", '"troth":1', ""),
        ("maps", "env:COMPANY", "env:OTHER"),
        ("hash", "sha256:", "sha512:"),
        ("maps_hash", "sha256:", "sha512:"),
    ],
)
def test_a_version_that_was_altered_is_not_believed(begin: Begin, column: str, was: str, becomes: str) -> None:
    release(begin)
    with begin() as work:
        c = tables.version.c[column]
        work.db.execute(tables.version.update().values({c: sa.func.replace(c, was, becomes)}))
        with pytest.raises(IntegrityError) as raised:
            get(work, "shop:1")
    assert raised.value.code == "versions.altered"


def test_the_version_in_force_is_that_of_the_policy_that_was_published_first(begin: Begin) -> None:
    with begin() as work:
        assert prevailing(work, None) is None
    release(begin)
    with begin() as work:
        assert prevailing(work, None) == prevailing(work, "shop") == current(work, "shop")
        assert prevailing(work, None) is prevailing(work, None)
        assert prevailing(work, "club") is None


@pytest.mark.parametrize("column", ["hash", "maps_hash"])
def test_the_version_in_force_is_read_again_when_its_hash_changes(begin: Begin, column: str) -> None:
    release(begin)
    with begin() as work:
        assert prevailing(work, None) is not None
        c = tables.version.c[column]
        work.db.execute(tables.version.update().values({c: sa.func.replace(c, "sha256:", "sha512:")}))
        with pytest.raises(IntegrityError, match="not what was published"):
            prevailing(work, None)


def test_a_stored_policy_is_parsed_once(begin: Begin) -> None:
    release(begin)
    with begin() as work:
        assert current(work).policy is get(work, "shop:1").policy
