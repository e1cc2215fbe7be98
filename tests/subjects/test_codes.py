from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from troth.base.clock import SettableClock
from troth.base.errors import RefusedError
from troth.base.work import Begin, Work
from troth.subjects import codes, tables
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault

VAULT = Vault(bytes(range(32)))
PHONE = identifier("phone", "19900000001")
EMAIL = identifier("email", "li.lei@mail.example")


def issued(begin: Begin, aim: str = "sign-in") -> str:
    with begin() as work:
        return codes.issue(work, VAULT, PHONE, aim=aim)


def tried(begin: Begin, code: str, *, given: Identifier = PHONE, aim: str = "sign-in") -> str:
    """The error code, or nothing; caught inside the unit of work, as `redeem` asks."""
    with begin() as work:
        try:
            codes.redeem(work, VAULT, given, code, aim=aim)
        except RefusedError as refused:
            return refused.code
    return ""


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_has_six_digits_and_works_once(begin: Begin) -> None:
    code = issued(begin)
    assert len(code) == 6
    assert code.isdecimal()
    assert tried(begin, f" {code}\n") == ""
    assert tried(begin, code) == "subjects.code-spent"


def test_leading_zeros_belong_to_the_code(begin: Begin) -> None:
    with begin() as work:
        zeros = Work(work.db, work.at, bytes)
        assert codes.issue(zeros, VAULT, PHONE, aim="sign-in") == "000000"
    assert tried(begin, "0") == "subjects.code-wrong"
    assert tried(begin, "000000") == ""


def test_a_code_is_good_for_ten_minutes(begin: Begin, clock: SettableClock) -> None:
    code = issued(begin)
    clock.advance(timedelta(minutes=10))
    assert tried(begin, code) == "subjects.code-expired"
    code = issued(begin)
    clock.advance(timedelta(minutes=9, seconds=59))
    assert tried(begin, code) == ""


def test_after_five_wrong_tries_the_right_code_is_spent_too(begin: Begin) -> None:
    code = issued(begin)
    assert [tried(begin, wrong(code)) for _ in range(6)] == ["subjects.code-wrong"] * 5 + ["subjects.code-spent"]
    assert tried(begin, code) == "subjects.code-spent"


def test_the_fifth_try_still_counts(begin: Begin) -> None:
    code = issued(begin)
    for _ in range(4):
        tried(begin, wrong(code))
    assert tried(begin, code) == ""


def test_a_new_code_voids_the_one_before(begin: Begin) -> None:
    old, new = issued(begin), issued(begin)
    assert old != new
    assert tried(begin, old) == "subjects.code-wrong"
    assert tried(begin, new) == ""


def test_a_code_is_for_one_aim_and_one_identifier(begin: Begin) -> None:
    code = issued(begin)
    assert tried(begin, code, aim="close-account") == "subjects.code-wrong"
    assert tried(begin, code, given=EMAIL) == "subjects.code-wrong"
    assert tried(begin, code) == ""


def test_codes_of_two_aims_live_side_by_side(begin: Begin) -> None:
    first, second = issued(begin, "sign-in"), issued(begin, "close-account")
    assert tried(begin, first) == ""
    assert tried(begin, second, aim="close-account") == ""


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "١٢٣٤٥٦", "x" * 10_000])
def test_nonsense_is_a_wrong_code(begin: Begin, code: str) -> None:
    issued(begin)
    assert tried(begin, code) == "subjects.code-wrong"


def test_known_and_unknown_people_hear_the_same(begin: Begin) -> None:
    with begin() as work:
        register(work, VAULT, [PHONE])
    heard = []
    for given in (PHONE, EMAIL):
        with begin() as work:
            assert len(codes.issue(work, VAULT, given, aim="sign-in")) == 6
            with pytest.raises(RefusedError) as raised:
                codes.redeem(work, VAULT, given, "", aim="sign-in")
        heard.append((raised.value.code, raised.value.message, raised.value.hint))
    with begin() as work, pytest.raises(RefusedError) as raised:
        codes.redeem(work, VAULT, identifier("account", "9"), "", aim="sign-in")
    heard.append((raised.value.code, raised.value.message, raised.value.hint))
    assert len(set(heard)) == 1


def test_the_code_itself_is_not_stored_and_old_ones_are_swept(begin: Begin, clock: SettableClock) -> None:
    code = issued(begin)
    with begin() as work:
        (row,) = work.db.execute(sa.select(tables.code)).all()
    assert code.encode() not in bytes(row.hash) + bytes(row.lookup)
    clock.advance(timedelta(minutes=21))
    with begin() as work:
        codes.issue(work, VAULT, EMAIL, aim="sign-in")
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.code)) == 1


def test_guessing_at_once_gives_no_more_than_five_tries(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    code = issued(begin)
    heard: list[str] = []

    def guess() -> None:
        for _ in range(3):
            with engine.begin() as connection:
                try:
                    codes.redeem(Work(connection, clock.now(), bytes), VAULT, PHONE, wrong(code), aim="sign-in")
                except RefusedError as refused:
                    heard.append(refused.code)

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.count("subjects.code-wrong") == 5
    assert heard.count("subjects.code-spent") == 7
