"""Proofs of one entry that are checked far from the log."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal import naive, stranger
from tests.journal.test_cosignature import ONE, SIGNER, TWO, body, fill
from troth.base.errors import ConflictError, InputError, IntegrityError
from troth.base.work import Begin
from troth.journal import checkpoint, merkle, proof, service
from troth.journal.cosignature import Witness
from troth.journal.model import Signer
from troth.journal.proof import Proof

KEYS = [SIGNER.verifier]


def made(size: int, index: int) -> Proof:
    """A proof that the naive reference makes, in a log of plain leaves."""
    leaves = [f"leaf {number}".encode() for number in range(size)]
    note = checkpoint.sign(size, naive.root(leaves), SIGNER)
    return Proof(leaves[index], index, tuple(naive.path(index, leaves)), note)


@given(st.integers(1, 40), st.data())
def test_a_proof_reads_back_and_holds(size: int, data: st.DataObject) -> None:
    one = made(size, data.draw(st.integers(0, size - 1)))
    assert proof.parse(str(one)) == one
    proof.check(one, KEYS)


@given(st.integers(2, 40), st.data())
def test_any_change_of_a_proof_fails(size: int, data: st.DataObject) -> None:
    one = made(size, data.draw(st.integers(0, size - 1)))
    text = str(one).encode()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[place]))
    altered = text[:place] + bytes([other]) + text[place + 1 :]
    try:
        found = proof.parse(altered.decode())
        proof.check(found, KEYS)
    except (IntegrityError, UnicodeDecodeError):
        return
    raise AssertionError(f"byte {place} may be {other}")


def test_a_proof_of_a_real_log_says_what_a_stranger_would_find(begin: Begin) -> None:
    with begin() as work:
        fill(work, 21)
        note = service.latest_checkpoint(work) or ""
        one = service.prove(work, 13)
        leaves = [entry.leaf for entry in service.entries(work, 0, 21)]
    lines = str(one).split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert base64.b64decode(lines[1].removeprefix("extra ")) == leaves[13]
    assert lines[2] == "index 13"
    assert [base64.b64decode(line) for line in lines[3 : lines.index("")]] == naive.path(13, leaves)
    size, root = stranger.checkpoint(str(one).partition("\n\n")[2], SIGNER.vkey)
    assert (size, root) == (21, naive.root(leaves))
    assert str(one).endswith(note)


def test_a_proof_can_demand_witnesses(begin: Begin) -> None:
    witnesses = [Witness.parse(ONE.vkey), Witness.parse(TWO.vkey)]
    with begin() as work:
        note = fill(work, 5)
        service.cosign(work, note + ONE.cosign(body(note)), [ONE.vkey])
        one = service.prove(work, 2)
    proof.check(one, KEYS, witnesses, 1)
    with pytest.raises(IntegrityError) as raised:
        proof.check(one, KEYS, witnesses, 2)
    assert raised.value.code == "journal.not-witnessed"


def test_a_proof_of_another_log_or_entry_fails(begin: Begin) -> None:
    with begin() as work:
        fill(work, 5)
        one = service.prove(work, 2)
        other = service.prove(work, 3)
    stranger_key = Signer.from_seed("other.example", bytes(32)).verifier
    with pytest.raises(IntegrityError) as raised:
        proof.check(one, [stranger_key])
    assert raised.value.code == "journal.another-log"
    with pytest.raises(IntegrityError) as raised:
        proof.check(Proof(other.leaf, one.index, one.path, one.checkpoint), KEYS)
    assert raised.value.code == "journal.bad-proof"
    assert merkle.leaf_hash(other.leaf) != merkle.leaf_hash(one.leaf)


def test_what_was_not_signed_cannot_be_proved(begin: Begin) -> None:
    with begin() as work:
        service.append(work, "a.b", {})
        with pytest.raises(ConflictError, match="never been signed"):
            service.prove(work, 0)
        service.checkpoint(work, SIGNER)
        service.append(work, "a.b", {})
        with pytest.raises(InputError, match="not within"):
            service.prove(work, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "c2sp.org/tlog-proof@v1\nindex 0\n\nx", "c2sp.org/tlog-proof@v2\n\n"])
def test_what_is_no_proof_is_said_to_be_none(text: str) -> None:
    with pytest.raises(IntegrityError) as raised:
        proof.parse(text)
    assert raised.value.code == "journal.bad-proof-file"
