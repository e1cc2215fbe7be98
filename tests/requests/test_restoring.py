"""After a restore: whoever was erased is erased again, people who came back are not touched, and nothing names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import MINE, OTHER, POLICY, TABLES, World, under, week
from troth.base.errors import InputError, UnavailableError
from troth.journal import service as journal
from troth.requests.deciding import review
from troth.requests.deciding.partial import Refusal
from troth.requests.exchange import restoring, tombstones
from troth.requests.exchange.restoring import Replayed, Restore
from troth.requests.exchange.tombstones import Tombstone
from troth.requests.machine import State
from troth.requests.model import Request
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.versions.model import Version

Backup = Callable[[], None]


def back_up(world: World) -> Backup:
    """Keep all rows of all stores as they are; calling the result puts them back."""
    kept = {
        (store, table): world.company.rows(store, table)
        for store, statements in TABLES.items()
        for table in (one.split()[2] for one in statements)
    }

    def restore() -> None:
        for (store, table), _ in reversed(kept.items()):
            world.company.execute(store, f"DELETE FROM {table}")
        for (store, table), rows in kept.items():
            for row in rows:
                values = ", ".join("NULL" if value is None else repr(value) for value in row)
                world.company.execute(store, f"INSERT INTO {table} VALUES ({values})")

    return restore


def closed(world: World) -> Request:
    request = world.open("close_account")
    week(world)
    done = world.run(request)
    assert done.state is State.FULFILLED, done.blocked
    return done


def replay(
    world: World, taken_at: datetime, *only: str, dry: bool = False, kept: tuple[Tombstone, ...] = ()
) -> dict[str, Replayed]:
    def stores(version: Version) -> dict[str, object]:
        return {
            name: world.company.store(name, value)
            if value != world.company.maps[name]
            else world.company.stores[name].behind
            for name, value in version.maps.items()
        }

    todo = Restore(world.begin, world.vault, stores, world.version, taken_at, kept)  # type: ignore[arg-type]
    return {one.store: one for one in restoring.replay(todo, only, dry=dry)}


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    tables = ((store, one.split()[2]) for store, statements in TABLES.items() for one in statements)
    return {f"{store}.{table}": world.company.rows(store, table) for store, table in tables}


def test_after_a_replay_nothing_of_erased_people_is_left_and_nobody_else_is_touched(company: World) -> None:
    taken, restore = company.clock.now(), back_up(company)
    company.clock.advance(timedelta(hours=1))
    closed(company)
    erased = everything(company)
    restore()
    assert everything(company) != erased
    found = replay(company, taken)
    assert everything(company) == erased
    assert found["shop"] == Replayed("shop", 1, {"member": 1, "orders": 2, "invoice": 0})
    assert found["push"].changed == {"device": 2}
    again = replay(company, taken)
    assert all(one.people == 0 or not any(one.changed.values()) for one in again.values()), "twice is once"
    assert everything(company) == erased


def test_a_dry_run_counts_and_changes_nothing(company: World) -> None:
    taken, restore = company.clock.now(), back_up(company)
    closed(company)
    restore()
    before = everything(company)
    with company.begin() as work:
        size = journal.size(work)
    assert replay(company, taken, dry=True)["push"].changed == {"device": 2}
    assert everything(company) == before
    with company.begin() as work:
        assert journal.size(work) == size


def test_whoever_was_erased_before_the_backup_was_taken_is_in_no_backup_and_is_not_looked_for(company: World) -> None:
    closed(company)
    company.clock.advance(timedelta(days=1))
    assert all(one.people == 0 for one in replay(company, company.clock.now()).values())


def test_who_came_back_since_is_not_touched(company: World) -> None:
    taken, restore = company.clock.now(), back_up(company)
    closed(company)
    company.clock.advance(timedelta(days=1))
    with company.begin() as work:
        again = subjects.register(work, company.vault, [identifier("phone", MINE)])
    restore()
    before = everything(company)
    assert all(one.people == 0 for one in replay(company, taken).values())
    assert everything(company) == before
    with company.begin() as work:
        assert not subjects.is_shredded(work, again)


def test_what_was_left_for_a_ground_is_left_again(company: World) -> None:
    grounds = "  close_account:\n    refuse:\n      contract: {label: {zh: 合同, en: a contract}}\n"
    under(company, POLICY.replace("  close_account:\n", grounds))
    taken, restore = company.clock.now(), back_up(company)
    request = company.open("close_account")
    for part in ("shop.orders", "shop.member"):
        with company.begin() as work:
            review.refuse_part(work, company.vault, request.id, Refusal(part, "contract", "It runs on."), by="li")
    week(company)
    assert company.run(request).state is State.FULFILLED
    erased = everything(company)
    restore()
    replay(company, taken)
    assert everything(company) == erased
    assert len(company.company.rows("shop", "orders")) == 3


def test_tombstones_name_nobody_and_are_kept_elsewhere_in_case_our_own_database_is_restored(company: World) -> None:
    taken, restore = company.clock.now(), back_up(company)
    closed(company)
    with company.begin() as work:
        kept = tombstones.listed(work)
    assert kept
    assert not any(MINE in str(one.value) or MINE.removeprefix("+") in str(one.value) for one in kept)
    assert [tombstones.tombstone(one.value) for one in kept] == list(kept)
    with company.begin() as work:
        assert tombstones.forget(work, company.clock.now() + timedelta(seconds=1)) == len(kept)
        assert tombstones.listed(work) == ()
    restore()
    assert all(one.people == 0 for one in replay(company, taken).values())
    assert replay(company, taken, kept=kept)["push"].changed == {"device": 2}
    with pytest.raises(InputError) as bad:
        tombstones.tombstone({"digest": "xyz"})
    assert bad.value.code == "restore.bad-tombstone"


def test_who_closed_their_account_is_closed_again_where_our_own_database_knows_them_anew(company: World) -> None:
    taken, restore = company.clock.now(), back_up(company)
    closed(company)
    restore()
    with company.begin() as work:
        # As it is after a restore of the own database: registered before the erasure, and known.
        again = subjects.register(work, company.vault, [identifier("phone", MINE)])
        work.db.exec_driver_sql(
            "UPDATE subject SET registered_at = '2020-01-01 00:00:00' WHERE wrapped_key IS NOT NULL"
        )
        facts.change(work, again, add=["account.open"])
    assert replay(company, taken)["push"].people == 1
    with company.begin() as work:
        assert subjects.is_shredded(work, again)
        assert not subjects.is_shredded(work, company.other)


def test_a_store_that_cannot_say_whom_it_holds_is_named_and_one_that_is_down_is_told(
    company: World, tmp_path: Path
) -> None:
    closed(company)
    blind = {"shop": company.company.stores["shop"]}
    todo = Restore(company.begin, company.vault, lambda _: blind, company.version, company.clock.now())
    assert restoring.replay(todo) == (Replayed("shop", 0, listed=False),)
    with pytest.raises(InputError) as unknown:
        restoring.replay(todo, ["shpo"])
    assert unknown.value.code == "restore.unknown-store"
    company.company.execute("push", "DROP TABLE device")
    with pytest.raises((UnavailableError, InputError)):
        replay(company, company.clock.now() - timedelta(days=9))
    assert tmp_path.exists()


NUMBERS = st.lists(st.sampled_from([MINE, OTHER, "199 0000 0003", "+8619900000004", "no number"]), max_size=5)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NUMBERS)
def test_exactly_the_erased_are_erased_again_however_a_store_spells_them(company: World, numbers: list[str]) -> None:
    taken = company.clock.now()
    company.company.execute("push", "DELETE FROM device")
    with company.begin() as work:
        known = subjects.find(work, company.vault, identifier("phone", MINE))
    if known is not None:
        closed(company)
        taken = company.clock.now() - timedelta(days=8)
    for place, number in enumerate(numbers):
        company.company.execute("push", f"INSERT INTO device VALUES ('d{place}', '{number}')")
    replay(company, taken - timedelta(days=400), "push")
    assert [row[1] for row in company.company.rows("push", "device")] == [one for one in numbers if one != MINE]
