"""Passkeys: only the device that made one signs in by it, once for each challenge; it goes with the person."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.authenticator import PRESENT, Authenticator
from troth.base.errors import InputError, RefusedError
from troth.base.work import Begin
from troth.subjects import passkeys
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.subjects.passkeys import Site, site
from troth.subjects.vault import Vault

PLACE = Site("https://privacy.shop.example", "privacy.shop.example", "Shop")
ONE, TWO = b"1" * 32, b"2" * 32


@dataclass
class Keys:
    """One person with passkeys."""

    begin: Begin
    vault: Vault
    subject: str

    def add(self, device: Authenticator, name: str = "phone", challenge: bytes = ONE, place: Site = PLACE) -> str:
        with self.begin() as work:
            asked = passkeys.options_to_add(
                work, self.vault, place, self.subject, called="l•••@mail.example", challenge=challenge
            )
            made = passkeys.add(
                work, self.vault, place, self.subject, device.make(asked), challenge=challenge, name=name
            )
            return made.id

    def sign_in(self, answer: str, challenge: bytes = TWO) -> str:
        with self.begin() as work:
            return passkeys.sign_in(work, self.vault, PLACE, answer, challenge=challenge)

    def use(self, device: Authenticator, challenge: bytes = TWO) -> str:
        return self.sign_in(device.use(passkeys.options_to_sign_in(PLACE, challenge=challenge)), challenge)


@pytest.fixture
def keys(begin: Begin) -> Keys:
    vault = Vault(b"v" * 32)
    with begin() as work:
        subject = subjects.register(work, vault, [identifier("email", "lin@mail.example")])
    return Keys(begin, vault, subject)


def device(**other: object) -> Authenticator:
    return Authenticator(**{"origin": PLACE.origin, "host": PLACE.host, **other})  # type: ignore[arg-type]  # a test's


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://privacy.shop.example", "privacy.shop.example"),
        ("https://privacy.shop.example:8443/x/", "privacy.shop.example"),
        ("http://localhost:8787", "localhost"),
        ("http://127.0.0.1:8787", None),
        ("https://127.0.0.1", None),
        ("https://[::1]:1", None),
        ("http://privacy.shop.example", None),
        ("", None),
    ],
)
def test_passkeys_hold_where_browsers_let_them(url: str, host: str | None) -> None:
    found = site(url, "Shop")
    assert (found.host if found else None) == host
    assert found is None or not found.origin.endswith("/")


def test_a_passkey_signs_in_whoever_added_it_as_often_as_they_like(keys: Keys) -> None:
    one, other = device(), device(credential=b"another", counts=False)
    keys.add(one, " my phone ")
    keys.add(other, "key")
    assert keys.use(one) == keys.use(one, ONE) == keys.use(other) == keys.use(other) == keys.subject
    with keys.begin() as work:
        mine = passkeys.passkeys(work, keys.vault, keys.subject)
    assert [one.name for one in mine] in (["my phone", "key"], ["key", "my phone"])
    assert all(one.used_at is not None for one in mine)


def test_what_the_browser_is_asked_names_nobody(keys: Keys) -> None:
    asked = json.loads(passkeys.options_to_sign_in(PLACE, challenge=ONE))
    assert not asked.get("allowCredentials")
    assert asked["userVerification"] == "required"
    with keys.begin() as work:
        made = json.loads(passkeys.options_to_add(work, keys.vault, PLACE, keys.subject, called="l•••", challenge=ONE))
    assert keys.subject not in json.dumps(made)
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "required"


def test_a_device_that_has_one_makes_no_second(keys: Keys) -> None:
    keys.add(device())
    with keys.begin() as work:
        asked = json.loads(passkeys.options_to_add(work, keys.vault, PLACE, keys.subject, called="l•••", challenge=TWO))
    assert len(asked["excludeCredentials"]) == 1
    with pytest.raises(RefusedError):
        keys.add(device(), challenge=TWO)


WRONG_WHEN_ADDED: dict[str, Callable[[], Authenticator]] = {
    "another site": lambda: device(origin="https://evil.example"),
    "another host": lambda: device(host="evil.example"),
    "nobody verified": lambda: device(flags=PRESENT),
    "nobody present": lambda: device(flags=0),
}


@pytest.mark.parametrize("wrong", WRONG_WHEN_ADDED)
def test_what_does_not_verify_is_not_added(keys: Keys, wrong: str) -> None:
    with pytest.raises(RefusedError) as refused:
        keys.add(WRONG_WHEN_ADDED[wrong]())
    assert refused.value.code == "passkeys.refused"
    with keys.begin() as work:
        assert passkeys.passkeys(work, keys.vault, keys.subject) == ()


@pytest.mark.parametrize("wrong", ["origin", "host", "flags", "key", "credential", "challenge", "count"])
def test_what_does_not_verify_signs_nobody_in_and_is_told_in_the_same_words(keys: Keys, wrong: str) -> None:
    real = device()
    keys.add(real)
    keys.use(real)
    copy = device(private=real.private, count=real.count)
    changes = {"origin": "https://evil.example", "host": "evil.example", "flags": PRESENT, "credential": b"unknown"}
    if wrong in changes:
        setattr(copy, wrong, changes[wrong])
    elif wrong == "key":
        copy = device(count=real.count)
    elif wrong == "count":
        copy.count = real.count - 1
    with pytest.raises(RefusedError) as refused:
        keys.sign_in(copy.use(passkeys.options_to_sign_in(PLACE, challenge=TWO)), ONE if wrong == "challenge" else TWO)
    assert (refused.value.code, refused.value.message) == ("passkeys.refused", "the passkey was not accepted")


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "null", '{"id": "AA", "response": {}}', '{"id": 1, "response": []}', "[" * 9000]
)
def test_what_is_no_answer_is_refused(keys: Keys, answer: str) -> None:
    with pytest.raises(RefusedError):
        keys.sign_in(answer)
    with keys.begin() as work, pytest.raises(RefusedError):
        passkeys.add(work, keys.vault, PLACE, keys.subject, answer, challenge=ONE, name="x")


def test_there_are_only_so_many(keys: Keys) -> None:
    for number in range(passkeys.MOST):
        keys.add(device(credential=b"device %d" % number))
    with pytest.raises(RefusedError) as many:
        keys.add(device(credential=b"one more"))
    assert many.value.code == "passkeys.too-many"


def test_a_removed_passkey_opens_nothing(keys: Keys) -> None:
    one = device()
    number = keys.add(one)
    with keys.begin() as work:
        other = subjects.register(work, keys.vault, [identifier("email", "qing@mail.example")])
        with pytest.raises(InputError):
            passkeys.remove(work, keys.vault, other, number)
        passkeys.remove(work, keys.vault, keys.subject, number)
        with pytest.raises(InputError):
            passkeys.remove(work, keys.vault, keys.subject, number)
    with pytest.raises(RefusedError):
        keys.use(one)


def test_passkeys_go_with_the_person(keys: Keys) -> None:
    one = device()
    keys.add(one)
    with keys.begin() as work:
        subjects.shred(work, keys.vault, keys.subject)
        assert work.db.exec_driver_sql("SELECT count(*) FROM subject_passkey").scalar_one() == 0
    with pytest.raises(RefusedError):
        keys.use(one)


def test_neither_the_table_nor_the_journal_tells_a_passkey(keys: Keys) -> None:
    one = device()
    keys.add(one, "Lin's phone")
    with keys.begin() as work:
        rows = work.db.exec_driver_sql("SELECT lookup, sealed FROM subject_passkey").all()
        leaves = work.db.exec_driver_sql("SELECT leaf FROM journal_entry").scalars().all()
    told = b"".join(bytes(part) for row in rows for part in row) + b"".join(bytes(leaf) for leaf in leaves)
    assert not any(part in told for part in (one.credential, b"Lin's", one.credential_key(), keys.subject.encode()))
