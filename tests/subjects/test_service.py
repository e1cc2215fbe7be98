from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.errors import ConflictError, InputError, IntegrityError, RefusedError
from troth.base.work import Begin, Entropy, Work
from troth.journal import checkpoint, merkle
from troth.journal import service as journal
from troth.journal.model import Signer
from troth.subjects import facts, service, tables
from troth.subjects.identifier import identifier
from troth.subjects.vault import Vault

MASTER = bytes(range(32))
VAULT = Vault(MASTER)
PHONE = identifier("phone", "19900000001")
EMAIL = identifier("email", "li.lei@mail.example")
OTHER = identifier("phone", "19900000002")
SIGNER = Signer.from_seed("log.example", bytes(32))


def test_registering_is_idempotent(begin: Begin) -> None:
    with begin() as work:
        first = service.register(work, VAULT, [PHONE, EMAIL])
        entries = journal.size(work)
    with begin() as work:
        assert service.register(work, VAULT, [EMAIL]) == first
        assert service.register(work, VAULT, [PHONE, PHONE]) == first
        assert journal.size(work) == entries == 1
    assert first.startswith("sub-")


def test_a_known_person_gains_new_identifiers(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE])
        assert service.find(work, VAULT, EMAIL) is None
        assert service.register(work, VAULT, [PHONE, EMAIL]) == subject
        assert service.find(work, VAULT, EMAIL) == subject
        assert service.identifiers(work, VAULT, subject) == (EMAIL, PHONE)


def test_identifiers_of_two_people_do_not_join_them(begin: Begin) -> None:
    with begin() as work:
        service.register(work, VAULT, [PHONE])
        service.register(work, VAULT, [OTHER])
        with pytest.raises(ConflictError) as raised:
            service.register(work, VAULT, [PHONE, OTHER])
    assert raised.value.code == "subjects.two-people"


def test_a_subject_needs_an_identifier(begin: Begin) -> None:
    with begin() as work, pytest.raises(InputError, match="found by"):
        service.register(work, VAULT, [])


def test_the_same_value_of_another_kind_is_another_identifier(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [identifier("account", "17")])
        assert service.find(work, VAULT, identifier("device", "17")) is None
        assert service.register(work, VAULT, [identifier("device", "17")]) != subject


def test_another_master_key_finds_and_opens_nothing(begin: Begin) -> None:
    stranger = Vault(bytes(32))
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE])
        assert service.find(work, stranger, PHONE) is None
        with pytest.raises(IntegrityError):
            service.identifiers(work, stranger, subject)


def test_nobody_opens_anothers_sealed_data(begin: Begin) -> None:
    with begin() as work:
        mine = service.register(work, VAULT, [PHONE])
        other = service.register(work, VAULT, [OTHER])
        sealed = service.seal(work, VAULT, mine, b"mine", context="package")
        assert service.unseal(work, VAULT, mine, sealed, context="package") == b"mine"
        with pytest.raises(IntegrityError):
            service.unseal(work, VAULT, other, sealed, context="package")
        with pytest.raises(IntegrityError):
            service.unseal(work, VAULT, mine, sealed, context="request")


def test_a_wrapped_key_that_is_moved_to_another_subject_does_not_open(begin: Begin) -> None:
    with begin() as work:
        mine = service.register(work, VAULT, [PHONE])
        other = service.register(work, VAULT, [OTHER])
        c = tables.subject.c
        key = work.db.scalar(sa.select(c.wrapped_key).where(c.id == mine))
        work.db.execute(tables.subject.update().where(c.id == other).values(wrapped_key=key))
        with pytest.raises(IntegrityError):
            service.seal(work, VAULT, other, b"x", context="package")


def test_shredded_data_cannot_be_opened(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE, EMAIL])
        sealed = service.seal(work, VAULT, subject, b"mine", context="package")
    with begin() as work:
        service.shred(work, VAULT, subject)
    with begin() as work:
        for act in (
            lambda: service.unseal(work, VAULT, subject, sealed, context="package"),
            lambda: service.seal(work, VAULT, subject, b"more", context="package"),
            lambda: service.identifiers(work, VAULT, subject),
            lambda: service.commitment(work, VAULT, subject, "x"),
        ):
            with pytest.raises(RefusedError) as raised:
                act()
            assert raised.value.code == "subjects.shredded"
        assert service.is_shredded(work, subject)
        assert service.find(work, VAULT, PHONE) is None
        assert service.register(work, VAULT, [PHONE]) != subject


def test_shredding_twice_does_nothing(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE])
        service.shred(work, VAULT, subject)
        entries = journal.size(work)
        service.shred(work, VAULT, subject)
        assert journal.size(work) == entries


def test_shredding_that_rolls_back_leaves_everything(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE])

    def interrupted() -> None:
        with begin() as work:
            service.shred(work, VAULT, subject)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with begin() as work:
        assert service.identifiers(work, VAULT, subject) == (PHONE,)


def test_an_unknown_subject_is_named(begin: Begin) -> None:
    with begin() as work:
        for act in (
            lambda: service.seal(work, VAULT, "sub-nobody", b"", context=""),
            lambda: service.shred(work, VAULT, "sub-nobody"),
            lambda: service.is_shredded(work, "sub-nobody"),
        ):
            with pytest.raises(InputError, match="`sub-nobody`"):
                act()


def test_after_a_subjects_key_is_destroyed_every_proof_still_verifies(begin: Begin) -> None:
    with begin() as work:
        subjects = [service.register(work, VAULT, [identifier("account", str(n))]) for n in range(9)]
        signed = journal.checkpoint(work, SIGNER)
        before = [entry.leaf for entry in journal.entries(work, 0, 9)]
        proofs = [journal.inclusion(work, index, 9) for index in range(9)]
    with begin() as work:
        service.shred(work, VAULT, subjects[4])
    with begin() as work:
        journal.checkpoint(work, SIGNER)
        assert journal.verify(work, [SIGNER.vkey]).size == 10
        assert [entry.leaf for entry in journal.entries(work, 0, 9)] == before
        root = checkpoint.read(signed).root
        for index, leaf in enumerate(before):
            assert journal.inclusion(work, index, 9) == proofs[index]
            merkle.check_inclusion(merkle.leaf_hash(leaf), index, 9, proofs[index], root)


def test_after_a_subjects_key_is_destroyed_no_leaf_can_be_linked_to_them(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE])
        commitment = service.commitment(work, VAULT, subject, subject)
        (leaf,) = (entry.leaf.decode() for entry in journal.entries(work, 0, 1))
        assert commitment in leaf
        service.shred(work, VAULT, subject)
        leaves = b"".join(entry.leaf for entry in journal.entries(work, 0, 10)).decode()
        assert subject not in leaves
        with pytest.raises(RefusedError):
            service.commitment(work, VAULT, subject, subject)
        again = service.register(work, VAULT, [PHONE])
        assert service.commitment(work, VAULT, again, subject) != commitment


def test_leaves_contain_none_of_the_persons_values(begin: Begin) -> None:
    with begin() as work:
        subject = service.register(work, VAULT, [PHONE, EMAIL])
        service.shred(work, VAULT, subject)
        leaves = b"".join(entry.leaf for entry in journal.entries(work, 0, 10))
    for value in (b"19900000001", b"+86", b"li.lei", b"mail.example", subject.encode()):
        assert value not in leaves


def test_neither_identifiers_nor_keys_lie_in_the_database_file(
    databases: Databases, clock: SettableClock, entropy: Entropy
) -> None:
    drawn: list[bytes] = []

    def watched(size: int) -> bytes:
        drawn.append(entropy(size))
        return drawn[-1]

    for engine in databases.sqlite():
        path = Path(engine.url.database or "")
        with engine.begin() as connection:
            work = Work(connection, clock.now(), watched)
            subject = service.register(work, VAULT, [PHONE, EMAIL])
            facts.change(work, subject, add=["account.open"])
        keys = [value for value in drawn if len(value) == 32]
        wrapped = _wrapped(engine, subject)
        secrets = [b"19900000001", b"li.lei", b"mail.example", MASTER, *keys]
        assert keys
        assert wrapped in _bytes_of(path)  # the search does find what is there
        assert not [secret for secret in secrets if secret in _bytes_of(path)]
        with engine.begin() as connection:
            service.shred(Work(connection, clock.now(), watched), VAULT, subject)
        with engine.begin() as connection:
            assert connection.execute(sa.select(tables.identifier)).all() == []
        assert not [secret for secret in secrets if secret in _bytes_of(path)]
        engine.dispose()  # the last connection folds the write-ahead log into the file
        assert wrapped not in _bytes_of(path)


def _wrapped(engine: sa.Engine, subject: str) -> bytes:
    with engine.begin() as connection:
        c = tables.subject.c
        return bytes(connection.scalar(sa.select(c.wrapped_key).where(c.id == subject)) or b"")


def _bytes_of(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def test_two_registrations_at_once_make_one_person(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    made: list[str] = []

    def arrive(seed: int) -> None:
        with engine.begin() as connection:
            work = Work(connection, clock.now(), random.Random(seed).randbytes)
            made.append(service.register(work, VAULT, [PHONE, EMAIL]))

    threads = [threading.Thread(target=arrive, args=(seed,)) for seed in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 5
    assert len(set(made)) == 1
    with begin() as work:
        assert service.identifiers(work, VAULT, made[0]) == (EMAIL, PHONE)
        assert journal.size(work) == 1
