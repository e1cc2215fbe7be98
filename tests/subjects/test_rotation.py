"""Master keys that change while people stay."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.base.errors import IntegrityError
from troth.base.work import Begin, Work
from troth.journal import service as journal
from troth.subjects import rotation, service, tables
from troth.subjects.identifier import identifier
from troth.subjects.vault import Vault, master_id, prefix

OLD, NEW, NEWEST = (bytes([number] * 32) for number in (1, 2, 3))


def people(work: Work, vault: Vault, count: int) -> dict[str, bytes]:
    """Each with something sealed."""
    made = {}
    for number in range(count):
        subject = service.register(work, vault, [identifier("account", f"{work.new_id('a')}{number}")])
        made[subject] = service.seal(work, vault, subject, f"secret {number}".encode(), context="c")
    return made


def dump(work: Work) -> dict[str, list[tuple[object, ...]]]:
    """Every table but the wrapped keys and the journal."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for table in tables.subject.metadata.sorted_tables:
        if not table.name.startswith("journal_"):
            columns = [column for column in table.columns if column.name != "wrapped_key"]
            found[table.name] = sorted((tuple(row) for row in work.db.execute(sa.select(*columns))), key=repr)
    return found


def test_the_lookup_key_is_made_once_and_survives_every_rotation(begin: Begin) -> None:
    with begin() as work:
        first = rotation.with_lookup_key(work, Vault(OLD))
        assert rotation.with_lookup_key(work, Vault(OLD)).lookup("x") == first.lookup("x")
        assert first.lookup("x") != Vault(OLD).lookup("x")  # it is not derived from what rotates
        subject = service.register(work, first, [identifier("email", "li.lei@mail.example")])
    with begin() as work:
        rotation.rewrap(work, rotation.with_lookup_key(work, Vault(NEW, OLD)), 100)
    with begin() as work:
        later = rotation.with_lookup_key(work, Vault(NEW))
        assert later.lookup("x") == first.lookup("x")
        assert service.find(work, later, identifier("email", "li.lei@mail.example")) == subject


def test_another_installations_master_key_is_told_apart(begin: Begin) -> None:
    with begin() as work:
        rotation.with_lookup_key(work, Vault(OLD))
    with begin() as work, pytest.raises(IntegrityError) as raised:
        rotation.with_lookup_key(work, Vault(NEW))
    assert raised.value.code == "subjects.unknown-master-key"
    assert master_id(OLD) in raised.value.message


@given(st.integers(0, 7), st.integers(1, 4), st.integers(0, 4))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_rewrapping_changes_no_sealed_byte_whatever_the_batches(
    begin: Begin, count: int, batch: int, interrupted_after: int
) -> None:
    with begin() as work:
        for table in (tables.identifier, tables.word, tables.change, tables.subject, tables.lookup_key):
            work.db.execute(table.delete())
        old = rotation.with_lookup_key(work, Vault(OLD))
        sealed = people(work, old, count)
        before = dump(work)
    new = Vault(NEW, OLD)
    for _ in range(interrupted_after):  # a run that is killed, and one that begins anew
        with begin() as work:
            rotation.rewrap(work, new, batch)
    total = 0
    while True:
        with begin() as work:
            some = rotation.rewrap(work, new, batch)
        if not some:
            break
        total += some
        assert some <= batch + 1  # the lookup key comes on top, once
    with begin() as work:
        assert dump(work) == before
        assert rotation.wrapped_under(work) == {master_id(NEW): count + 1}
        only_new = rotation.with_lookup_key(work, Vault(NEW))
        for subject, secret in sealed.items():
            assert service.unseal(work, only_new, subject, secret, context="c").startswith(b"secret")
        entries = [entry for entry in journal.entries(work, 0, 999) if entry.kind == "keys.rewrapped"]
        assert len(entries) >= (1 if count else 0)


def test_the_old_key_opens_nothing_after_rotation(begin: Begin) -> None:
    with begin() as work:
        old = rotation.with_lookup_key(work, Vault(OLD))
        (subject,) = people(work, old, 1)
        rotation.rewrap(work, Vault(NEW, OLD), 9)
        with pytest.raises(IntegrityError) as raised:
            service.commitment(work, old, subject, "x")
    assert raised.value.code == "subjects.unknown-master-key"


def test_people_who_come_and_go_during_a_rotation(begin: Begin) -> None:
    """A server that started before knows the old key only; it asks again when it meets the new one."""
    with begin() as work:
        rotation.with_lookup_key(work, Vault(OLD))
        server = rotation.with_lookup_key(work, Vault(OLD, again=lambda: (NEW, OLD)))
        here = people(work, server, 5)
    with begin() as work:
        rotation.rewrap(work, Vault(NEW, OLD), 2)
    with begin() as work:
        gone, *_ = here
        service.shred(work, server, gone)
        came = people(work, server, 1)
    with begin() as work:
        wrapped = work.db.scalar(sa.select(tables.subject.c.wrapped_key).where(tables.subject.c.id.in_(came)))
        assert bytes(wrapped or b"").startswith(prefix(master_id(NEW)))  # nobody new lies under what will be forgotten
        while rotation.rewrap(work, Vault(NEW, OLD), 2):
            pass
        assert rotation.wrapped_under(work) == {master_id(NEW): 1 + 4 + 1}
        for subject in [*list(here)[1:], *came]:
            assert service.identifiers(work, server, subject)


def test_a_server_that_cannot_get_the_new_key_refuses_newcomers(begin: Begin) -> None:
    with begin() as work:
        server = rotation.with_lookup_key(work, Vault(OLD))
        rotation.rewrap(work, Vault(NEW, OLD), 9)
        with pytest.raises(IntegrityError) as raised:
            people(work, server, 1)
    assert raised.value.code == "subjects.unknown-master-key"


@given(st.integers(0, 7 * 8 - 1))
@settings(max_examples=20)
def test_a_wrapped_key_whose_beginning_is_altered_does_not_open(bit: int) -> None:
    wrapped = bytearray(Vault(OLD).wrap(bytes(32), "sub-a", random.Random(1).randbytes))
    wrapped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(IntegrityError):
        Vault(OLD, NEWEST).unwrap(bytes(wrapped), "sub-a")


def test_a_master_key_whose_id_is_all_digits_enters_the_journal_like_any_other(begin: Begin) -> None:
    masters = (number.to_bytes(32, "big") for number in range(100_000))
    digits = next(one for one in masters if master_id(one).isdecimal())
    old = Vault(b"o" * 32)
    with begin() as work:
        service.register(work, old, [identifier("phone", "+8619900001234")])
    with begin() as work:
        assert rotation.rewrap(work, Vault(digits, b"o" * 32), 100) >= 1
