"""Witnesses and what they say, against a witness written from the C2SP texts alone."""

from __future__ import annotations

import base64
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.journal.witness import TestWitness
from troth.base.errors import InputError, IntegrityError
from troth.base.work import Begin, Work
from troth.journal import checkpoint as checkpoints
from troth.journal import cosignature, service, tables
from troth.journal.cosignature import Witness
from troth.journal.model import Signer, Verifier

SIGNER = Signer.from_seed("log.example", bytes(range(32)))
ONE = TestWitness("witness.example/one", bytes([1] * 32), {"log.example": SIGNER.vkey})
TWO = TestWitness("witness.example/two", bytes([2] * 32), {"log.example": SIGNER.vkey})


def signed(size: int, seed: int = 0) -> str:
    return checkpoints.sign(size, random.Random(seed).randbytes(32), SIGNER)


def body(note: str) -> str:
    return note.partition("\n\n")[0] + "\n"


def test_the_example_of_the_specification_verifies() -> None:
    """C2SP tlog-cosignature's own example has no key with it; its key id and its time can be read nevertheless."""
    line = (
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
        "xUe+mbIUBkBIfZ+qnA==\n"
    )
    value = base64.b64decode(line.split(" ")[2])
    assert value[:4].hex() == "8d66cf3f"
    assert int.from_bytes(value[4:12], "big") == 1679315147
    assert len(value) == 4 + 8 + 64


def test_a_witness_written_from_the_text_is_understood() -> None:
    note = signed(7)
    (found,) = cosignature.find(note + ONE.cosign(body(note)), [Witness.parse(ONE.vkey), Witness.parse(TWO.vkey)])
    assert found.witness == Witness.parse(ONE.vkey)
    assert found.at == datetime.fromtimestamp(ONE.time, UTC)
    assert found.witness.vkey == ONE.vkey


@given(st.integers(0, 99), st.integers(0, 99))
def test_a_cosignature_of_another_checkpoint_never_counts(size: int, other: int) -> None:
    one, two = signed(size, size), signed(other, other)
    mixed = one + ONE.cosign(body(two))
    if size == other:
        assert cosignature.find(mixed, [Witness.parse(ONE.vkey)])
    else:
        with pytest.raises(IntegrityError) as raised:
            cosignature.find(mixed, [Witness.parse(ONE.vkey)])
        assert raised.value.code == "journal.bad-signature"


@given(st.integers(0, (8 + 64) * 8 - 1))
def test_any_flipped_bit_of_a_cosignature_fails(bit: int) -> None:
    note = signed(7)
    start, name, value = ONE.cosign(body(note)).rstrip("\n").split(" ")
    made = bytearray(base64.b64decode(value))
    made[4 + bit // 8] ^= 1 << bit % 8
    with pytest.raises(IntegrityError):
        cosignature.find(f"{note}{start} {name} {base64.b64encode(made).decode()}\n", [Witness.parse(ONE.vkey)])


def test_unknown_witnesses_are_ignored_and_two_lines_of_one_count_once() -> None:
    note = signed(7)
    later = replace(ONE, time=ONE.time + 5)
    twice = note + ONE.cosign(body(note)) + later.cosign(body(note)) + TWO.cosign(body(note))
    (found,) = cosignature.find(twice, [Witness.parse(ONE.vkey)])
    assert found.at == datetime.fromtimestamp(later.time, UTC)
    with pytest.raises(IntegrityError) as raised:
        cosignature.demand(twice, [Witness.parse(ONE.vkey)], 2)
    assert raised.value.code == "journal.not-witnessed"
    assert len(cosignature.demand(twice, [Witness.parse(ONE.vkey), Witness.parse(TWO.vkey)], 2)) == 2


def test_a_logs_key_is_not_a_witnesss_and_the_other_way_round() -> None:
    with pytest.raises(InputError, match="verifier string"):
        Witness.parse(SIGNER.vkey)
    with pytest.raises(InputError, match="verifier string"):
        Verifier.parse(ONE.vkey)


def fill(work: Work, count: int) -> str:
    service.append_all(work, [("a.b", {"n": number}) for number in range(count)])
    return service.checkpoint(work, SIGNER)


def test_cosignatures_are_kept_with_their_checkpoint(begin: Begin) -> None:
    with begin() as work:
        note = fill(work, 3)
        first = service.cosign(work, note + ONE.cosign(body(note)), [ONE.vkey, TWO.vkey])
    with begin() as work:
        both = service.cosign(work, note + TWO.cosign(body(note)), [TWO.vkey])
        assert service.latest_checkpoint(work) == both
        assert first in both
        assert len(both.splitlines()) == len(note.splitlines()) + 2
        assert service.checkpoint(work, SIGNER) == both  # nothing new to sign
        assert service.verify(work, [SIGNER.vkey], [ONE.vkey, TWO.vkey], 2).size == 3
        fill(work, 1)
        with pytest.raises(IntegrityError) as raised:
            service.verify(work, [SIGNER.vkey], [ONE.vkey, TWO.vkey], 1)
        assert raised.value.code == "journal.not-witnessed"


def test_a_newer_cosignature_of_the_same_witness_takes_the_place_of_the_older(begin: Begin) -> None:
    with begin() as work:
        note = fill(work, 3)
        service.cosign(work, note + ONE.cosign(body(note)), [ONE.vkey])
        later = replace(ONE, time=ONE.time + 60)
        assert service.cosign(work, note + later.cosign(body(note)), [ONE.vkey]) == note + later.cosign(body(note))
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.cosignature)) == 1


def test_only_our_checkpoints_are_taken_and_only_with_a_cosignature(begin: Begin) -> None:
    with begin() as work:
        note = fill(work, 3)
        foreign = signed(3)
        with pytest.raises(IntegrityError) as raised:
            service.cosign(work, foreign + ONE.cosign(body(foreign)), [ONE.vkey])
        assert raised.value.code == "journal.other-checkpoint"
        with pytest.raises(IntegrityError) as raised:
            service.cosign(work, note + TWO.cosign(body(note)), [ONE.vkey])
        assert raised.value.code == "journal.not-witnessed"
        assert service.latest_checkpoint(work) == note
